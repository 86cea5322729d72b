import{escapeUnseen,jsonPieces,renderJson}from"./chunk-2VX3TQUA.js";import"./chunk-A3OMQZ6U.js";export{escapeUnseen,jsonPieces,renderJson};
