import{createRequire as __createRequire}from"node:module";import{fileURLToPath as __fileURLToPath}from"node:url";var require=__createRequire(import.meta.url),__filename=__fileURLToPath(import.meta.url),__dirname=__fileURLToPath(new URL('.',import.meta.url));
import{escapeUnseen,renderJson}from"./chunk-YXV2XANZ.js";import"./chunk-WGVMUYKW.js";export{escapeUnseen,renderJson};
