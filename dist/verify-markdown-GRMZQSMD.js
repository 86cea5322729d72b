import{lookedWords,placeWords,verdictWords}from"./chunk-V6L45MRH.js";import"./chunk-YNMKBDGP.js";import{prose}from"./chunk-YQROLJOC.js";import"./chunk-MXZJXL5E.js";import"./chunk-6X3DJ4AM.js";import"./chunk-VE4JAPO4.js";import"./chunk-A3OMQZ6U.js";var mostProblems=100;function renderVerifyMarkdown(of){return`${[`## Lockkeeper verify: ${verdictWords(of).toLowerCase()}`,...listOf("Errors",of.errors),...listOf("Warnings",of.warnings),`Verified: ${lookedWords(of)}.`].join(`

`)}
`}function listOf(title,problems){if(problems.length===0)return[];let shown=problems.slice(0,mostProblems).map(problem=>{let place=placeWords(problem),rows=problem.rows.map(row=>`
  - ${prose(row)}`).join(""),hint=problem.hint===null?"":` What to do: ${prose(problem.hint)}`;return`- ${place===""?"":`**${prose(place)}** `}${prose(problem.message)}${hint}${rows}`}),more=problems.length-shown.length;return[`### ${title}`,[...shown,...more>0?[`- and ${more} more`]:[]].join(`
`)]}export{renderVerifyMarkdown};
