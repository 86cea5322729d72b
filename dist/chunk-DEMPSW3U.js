import{cardOf}from"./chunk-SLQWGAVG.js";import{rules}from"./chunk-5WFOKJRZ.js";function listRules(){return rules.map(cardOf)}export{listRules};
