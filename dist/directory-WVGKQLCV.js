import{isBackupId,manifestName,openStore}from"./chunk-DX7IMXC3.js";import"./chunk-ZIOG3QAJ.js";import"./chunk-A3OMQZ6U.js";export{isBackupId,manifestName,openStore};
