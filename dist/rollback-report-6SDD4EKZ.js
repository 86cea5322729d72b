import{rollbackReport}from"./chunk-7NMUQIN3.js";import"./chunk-JQ6K4CU4.js";import"./chunk-A3OMQZ6U.js";export{rollbackReport};
