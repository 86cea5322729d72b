import{overlooking,resumable}from"./chunk-IWFCEQBA.js";import"./chunk-YAKVPTAG.js";import"./chunk-A3OMQZ6U.js";export{overlooking,resumable};
