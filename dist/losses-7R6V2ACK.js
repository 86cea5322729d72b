import{countLosses}from"./chunk-HZDHHVK7.js";import"./chunk-O2QS4B23.js";import"./chunk-TTZID6WP.js";import"./chunk-IDRFSDIF.js";import"./chunk-A3OMQZ6U.js";export{countLosses};
