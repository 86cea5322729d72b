import{cardOf}from"./chunk-AC5IFYZ2.js";import{rules}from"./chunk-AVNOL6VD.js";function listRules(){return rules.map(cardOf)}export{listRules};
