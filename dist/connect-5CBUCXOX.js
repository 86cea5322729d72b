import{connect,connectOrSay}from"./chunk-MHMORE3T.js";import"./chunk-RG3QV7YT.js";import"./chunk-KJIP7Q7Q.js";import"./chunk-ZIOG3QAJ.js";import"./chunk-A3OMQZ6U.js";export{connect,connectOrSay};
