import{cardOf}from"./chunk-IY65DOYL.js";import{rules}from"./chunk-VNOMKX26.js";function listRules(){return rules.map(cardOf)}export{listRules};
