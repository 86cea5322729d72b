import{deployReport}from"./chunk-IIQMSBFL.js";import{reportOutcome}from"./chunk-2WCMQXS3.js";import"./chunk-JQ6K4CU4.js";import"./chunk-A3OMQZ6U.js";export{deployReport,reportOutcome};
