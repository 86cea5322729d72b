import{deployReport,reportOutcome}from"./chunk-5GYVKH5T.js";import"./chunk-A3OMQZ6U.js";export{deployReport,reportOutcome};
