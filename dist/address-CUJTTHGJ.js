import{display,isLocal,isSocket,parseAddress}from"./chunk-QDB76FRW.js";import"./chunk-ZIOG3QAJ.js";import"./chunk-A3OMQZ6U.js";export{display,isLocal,isSocket,parseAddress};
