import{baselineWords,forceWords}from"./chunk-AHPY6ZBK.js";import"./chunk-VE4JAPO4.js";import"./chunk-A3OMQZ6U.js";export{baselineWords,forceWords};
