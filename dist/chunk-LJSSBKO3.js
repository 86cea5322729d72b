import{code,prose}from"./chunk-7KFV52DE.js";function backupWords({backupId,backupProof}){return backupId===null?null:`${backupId} (${backupProof===null?"as it was named: nobody here has looked at it":`proved: ${backupProof}`})`}function refusalMarkdown(refusal){if(refusal===null)return[];let{message,details,hint}=refusal;return[prose(message),"",...details.map(detail=>`- ${prose(detail)}`),"",...hint===null?[]:[`What to do: ${prose(hint)}`,""]]}function failuresMarkdown(outcomes){return outcomes.flatMap(({path,failure})=>{if(failure===null)return[];let line=failure.line===null?"":`:${failure.line}`;return[`${code(`${path}${line}`)} ${prose(failure.message)}`,"",...failure.details.map(detail=>`- ${prose(detail)}`),...failure.hint===null?[]:["",`What to do: ${prose(failure.hint)}`,""]]})}function paragraphs(lines){return`${lines.join(`
`).replace(/\n{3,}/g,`

`).trimEnd()}
`}export{backupWords,refusalMarkdown,failuresMarkdown,paragraphs};
