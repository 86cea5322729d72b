import{decode}from"./chunk-BCP2OFRW.js";import"./chunk-A3OMQZ6U.js";export{decode};
