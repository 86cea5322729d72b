function versionsIn({applied}){return applied.map(({version})=>version)}function variablesFor({applied,targetVersion,steps},environment){return{LOCKKEEPER_APPLIED:applied.map(({version})=>version).join(`
`),LOCKKEEPER_TARGET_VERSION:targetVersion??"",LOCKKEEPER_STEPS:steps===null?"":String(steps),LOCKKEEPER_ENVIRONMENT:environment??""}}export{versionsIn,variablesFor};
