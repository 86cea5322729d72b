import{escapeUnseen,jsonPieces,renderJson}from"./chunk-R6FVPTDN.js";import"./chunk-A3OMQZ6U.js";export{escapeUnseen,jsonPieces,renderJson};
