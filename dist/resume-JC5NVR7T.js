import{overlooking,resumable}from"./chunk-PVA6ZFM5.js";import"./chunk-JHIXTJJY.js";import"./chunk-A3OMQZ6U.js";export{overlooking,resumable};
