import{follow}from"./chunk-MEPD43RV.js";import"./chunk-A3OMQZ6U.js";export{follow};
