import{escapeUnseen,jsonPieces,migrationValue,renderJson}from"./chunk-NXGG6SG5.js";import"./chunk-A3OMQZ6U.js";export{escapeUnseen,jsonPieces,migrationValue,renderJson};
