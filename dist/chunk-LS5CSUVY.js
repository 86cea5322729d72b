import{cardOf}from"./chunk-V62J2BZM.js";import{rules}from"./chunk-66QUM3FF.js";function listRules(){return rules.map(cardOf)}export{listRules};
