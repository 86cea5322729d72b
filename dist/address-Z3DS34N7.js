import{display,isLocal,parseAddress}from"./chunk-RG3QV7YT.js";import"./chunk-ZIOG3QAJ.js";import"./chunk-A3OMQZ6U.js";export{display,isLocal,parseAddress};
