import{renderVerifyJson,verifyJson}from"./chunk-PAYVSB4I.js";import"./chunk-CAHL5HAM.js";import"./chunk-A3OMQZ6U.js";export{renderVerifyJson,verifyJson};
