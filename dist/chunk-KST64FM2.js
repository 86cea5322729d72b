import{cardOf}from"./chunk-LMMNO6WO.js";import{rules}from"./chunk-BVNCYCFT.js";function listRules(){return rules.map(cardOf)}export{listRules};
