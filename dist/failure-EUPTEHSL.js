import{BackupFailed}from"./chunk-QUFX2HZW.js";import"./chunk-ZIOG3QAJ.js";import"./chunk-A3OMQZ6U.js";export{BackupFailed};
