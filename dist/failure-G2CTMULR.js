import{BackupFailed}from"./chunk-Z4TUOWD4.js";import"./chunk-A3OMQZ6U.js";export{BackupFailed};
