import{countLosses}from"./chunk-S4GNNJS3.js";import"./chunk-O2QS4B23.js";import"./chunk-KJIP7Q7Q.js";import"./chunk-IDRFSDIF.js";import"./chunk-A3OMQZ6U.js";export{countLosses};
