import{escapeUnseen,jsonPieces,renderJson}from"./chunk-I2UADDKZ.js";import"./chunk-A3OMQZ6U.js";export{escapeUnseen,jsonPieces,renderJson};
