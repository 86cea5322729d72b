import{run}from"./chunk-OJ6YH5ON.js";import"./chunk-A3OMQZ6U.js";export{run};
