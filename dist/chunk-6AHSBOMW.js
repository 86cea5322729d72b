import{cardOf}from"./chunk-K6LMHHDS.js";import{rules}from"./chunk-E2DPY6Y4.js";function listRules(){return rules.map(cardOf)}export{listRules};
