import{withoutAddresses}from"./chunk-WRXONZO2.js";import"./chunk-A3OMQZ6U.js";export{withoutAddresses};
