import{withoutAddresses}from"./chunk-N7PEK2DJ.js";import"./chunk-A3OMQZ6U.js";export{withoutAddresses};
