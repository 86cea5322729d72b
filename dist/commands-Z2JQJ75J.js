import{openCommands,usualLimits}from"./chunk-2WQ6EQM3.js";import"./chunk-MEPD43RV.js";import"./chunk-A3OMQZ6U.js";export{openCommands,usualLimits};
