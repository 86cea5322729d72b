import{cardOf}from"./chunk-DUCZVRCU.js";import{rules}from"./chunk-MMFQQTZG.js";function listRules(){return rules.map(cardOf)}export{listRules};
