import{cardOf}from"./chunk-P5DWBFRQ.js";import{rules}from"./chunk-5BKGYR77.js";function listRules(){return rules.map(cardOf)}export{listRules};
