import{openWorkspace}from"./chunk-UQV6NOSV.js";import"./chunk-RR2LC77B.js";import"./chunk-V4ZIIOK6.js";import"./chunk-VE4JAPO4.js";import"./chunk-A3OMQZ6U.js";export{openWorkspace};
