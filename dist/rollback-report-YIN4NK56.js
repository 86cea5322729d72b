import{rollbackReport}from"./chunk-N6QBN3LK.js";import"./chunk-JQ6K4CU4.js";import"./chunk-A3OMQZ6U.js";export{rollbackReport};
