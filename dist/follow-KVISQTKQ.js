import{follow}from"./chunk-XDG6SF6M.js";import"./chunk-A3OMQZ6U.js";export{follow};
