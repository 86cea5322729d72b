import{renderRollbackJson,rollbackJson}from"./chunk-IZOVDQPH.js";import"./chunk-NXGG6SG5.js";import"./chunk-A3OMQZ6U.js";export{renderRollbackJson,rollbackJson};
