import{escapeUnseen,jsonPieces,migrationValue,renderJson}from"./chunk-CAHL5HAM.js";import"./chunk-A3OMQZ6U.js";export{escapeUnseen,jsonPieces,migrationValue,renderJson};
