import{cardOf}from"./chunk-PYHK4QTU.js";import{rules}from"./chunk-YPUNKGQG.js";function listRules(){return rules.map(cardOf)}export{listRules};
