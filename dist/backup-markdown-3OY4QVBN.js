import{contentsWords,positionWords,proofWords,sizeOf}from"./chunk-AZ3TXGJG.js";import"./chunk-FSC5XNPE.js";import{code,prose}from"./chunk-7KFV52DE.js";import"./chunk-6X3DJ4AM.js";import"./chunk-VE4JAPO4.js";import"./chunk-A3OMQZ6U.js";var mostRows=50;function renderBackupMarkdown(report){if(report.command==="backup list"){let rows=report.backups.slice(0,mostRows).map(backup2=>{let of=prose(backup2.environment??backup2.database);return`| ${code(backup2.id)} | ${of} | ${sizeOf(backup2)} | ${contentsWords(backup2)} | ${prose(proofWords(backup2))} |`}),more=report.backups.length-rows.length,table=["| Backup | Of | Size | Holds | Proof |","| --- | --- | --- | --- | --- |",...rows].join(`
`),unreadable=report.unreadable.map(({id,why})=>`- ${code(id)} cannot be used: ${prose(why)}`);return`${["## Lockkeeper backups",report.backups.length===0?"No backups.":table,...more>0?[`and ${more} more`]:[],...unreadable.length===0?[]:[unreadable.join(`
`)]].join(`

`)}
`}let{backup,failure,warnings,removed,command}=report,title=failure!==null?"failed":command==="backup"?"made":"whole",facts=backup===null?[]:[`- Backup: ${code(backup.id)}`,`- Database: ${prose(backup.database)}, PostgreSQL ${prose(backup.versions.server)}`,`- Snapshot: ${prose(positionWords(backup))}`,`- Holds: ${contentsWords(backup)} (${sizeOf(backup)})`,`- Proof: ${prose(proofWords(backup))}`];return`${[`## Lockkeeper ${command}: ${title}`,...failure===null?[]:[`**${prose(failure.message)}**`,...failure.details.length===0?[]:[failure.details.map(detail=>`- ${prose(detail)}`).join(`
`)],...failure.hint===null?[]:[`What to do: ${prose(failure.hint)}`]],...facts.length===0?[]:[facts.join(`
`)],...warnings.map(warning=>`Note: ${prose(warning)}`),...removed.length===0?[]:[`Removed because of backup.keep: ${removed.map(code).join(", ")}`]].join(`

`)}
`}export{renderBackupMarkdown};
