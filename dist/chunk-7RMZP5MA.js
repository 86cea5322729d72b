import{cardOf}from"./chunk-XT7WAETX.js";import{rules}from"./chunk-O4VBVOEG.js";function listRules(){return rules.map(cardOf)}export{listRules};
