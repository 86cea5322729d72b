import{maskOf}from"./chunk-WWW6FF36.js";import"./chunk-A3OMQZ6U.js";export{maskOf};
