import{openCommands,usualLimits}from"./chunk-JVC2RXJB.js";import"./chunk-A3OMQZ6U.js";export{openCommands,usualLimits};
