import{decode}from"./chunk-IISYYFO5.js";import"./chunk-A3OMQZ6U.js";export{decode};
