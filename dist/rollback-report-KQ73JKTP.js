import{rollbackReport}from"./chunk-GT4TVIJD.js";import"./chunk-UGENQLCN.js";import"./chunk-JQ6K4CU4.js";import"./chunk-A3OMQZ6U.js";export{rollbackReport};
