import{sourceOf}from"./chunk-3UE3C2LC.js";import"./chunk-2GDBYS64.js";import"./chunk-A3OMQZ6U.js";export{sourceOf};
