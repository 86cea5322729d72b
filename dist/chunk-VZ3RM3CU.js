import{cardOf}from"./chunk-JHIF4XTL.js";import{rules}from"./chunk-UL7FDT4D.js";function listRules(){return rules.map(cardOf)}export{listRules};
