import{once,openApi,refusalOf}from"./chunk-JGVBGF3S.js";import"./chunk-V4ZIIOK6.js";import"./chunk-A3OMQZ6U.js";export{once,openApi,refusalOf};
