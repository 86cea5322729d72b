import{cardOf}from"./chunk-JHIF4XTL.js";import{rules}from"./chunk-575U55VY.js";function listRules(){return rules.map(cardOf)}export{listRules};
