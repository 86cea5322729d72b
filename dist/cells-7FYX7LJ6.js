import{cellsOf,glyphs,noOrder,shown}from"./chunk-6X3DJ4AM.js";import"./chunk-VE4JAPO4.js";import"./chunk-A3OMQZ6U.js";export{cellsOf,glyphs,noOrder,shown};
