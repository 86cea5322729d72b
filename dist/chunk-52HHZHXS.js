import{cardOf}from"./chunk-RJ2YLCL2.js";import{rules}from"./chunk-6MYECJJA.js";function listRules(){return rules.map(cardOf)}export{listRules};
