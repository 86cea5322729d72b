import{deployReport}from"./chunk-FZ36X6B7.js";import{reportOutcome}from"./chunk-N6QBN3LK.js";import"./chunk-JQ6K4CU4.js";import"./chunk-A3OMQZ6U.js";export{deployReport,reportOutcome};
