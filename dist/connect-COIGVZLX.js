import{connect,connectOrSay}from"./chunk-525D2ATB.js";import"./chunk-QDB76FRW.js";import"./chunk-TTZID6WP.js";import"./chunk-ZIOG3QAJ.js";import"./chunk-A3OMQZ6U.js";export{connect,connectOrSay};
