import{cardOf}from"./chunk-6GBC7IG4.js";import{rules}from"./chunk-MX2BTOIM.js";function listRules(){return rules.map(cardOf)}export{listRules};
