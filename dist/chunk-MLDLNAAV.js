import{cardOf}from"./chunk-5BWLOSHJ.js";import{rules}from"./chunk-GZXUJ6SZ.js";function listRules(){return rules.map(cardOf)}export{listRules};
