import{deployReport}from"./chunk-THI4MPTV.js";import{reportOutcome}from"./chunk-7NMUQIN3.js";import"./chunk-JQ6K4CU4.js";import"./chunk-A3OMQZ6U.js";export{deployReport,reportOutcome};
