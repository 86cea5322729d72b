import{renderRollbackJson,rollbackJson}from"./chunk-GGXZ3SB6.js";import"./chunk-PAYVSB4I.js";import"./chunk-CAHL5HAM.js";import"./chunk-A3OMQZ6U.js";export{renderRollbackJson,rollbackJson};
