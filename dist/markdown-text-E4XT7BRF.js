import{code,fenceFor,prose,sqlBlock}from"./chunk-7KFV52DE.js";import"./chunk-6X3DJ4AM.js";import"./chunk-VE4JAPO4.js";import"./chunk-A3OMQZ6U.js";export{code,fenceFor,prose,sqlBlock};
