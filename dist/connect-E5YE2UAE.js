import{connect,connectOrSay}from"./chunk-VFVVZ7XM.js";import"./chunk-USOCPLZL.js";import"./chunk-RG3QV7YT.js";import"./chunk-ZIOG3QAJ.js";import"./chunk-A3OMQZ6U.js";export{connect,connectOrSay};
