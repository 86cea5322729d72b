import{renderRollbackJson,rollbackJson}from"./chunk-2V7FXFWH.js";import"./chunk-CAHL5HAM.js";import"./chunk-A3OMQZ6U.js";export{renderRollbackJson,rollbackJson};
