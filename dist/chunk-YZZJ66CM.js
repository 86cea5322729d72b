import{cardOf}from"./chunk-ZG7SZBSH.js";import{rules}from"./chunk-7VOHHVX7.js";function listRules(){return rules.map(cardOf)}export{listRules};
