import{once,openApi,refusalOf}from"./chunk-BMZCBDYK.js";import"./chunk-ZIOG3QAJ.js";import"./chunk-A3OMQZ6U.js";export{once,openApi,refusalOf};
