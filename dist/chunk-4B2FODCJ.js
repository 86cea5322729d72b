import{createHash}from"node:crypto";function scriptDigest(text){let plain=text.startsWith("\uFEFF")?text.slice(1):text;return sha256(plain.includes("\r")?plain.replace(/\r\n?/g,`
`):plain)}function migrationDigest(scripts){let{up,down}=scripts;return up===null||down===null?null:sha256(`up ${up??"none"}
down ${down??"none"}
`)}function setDigest(migrations){return sha256(migrations.map(({version,digest})=>`${version} ${digest??"unread"}
`).join(""))}function sha256(text){return createHash("sha256").update(text).digest("hex")}function planDigest(plan){let{direction,environment,systemIdentifier,database,major,migrations,outcome}=plan,{verdict,deploy,backup,approvals}=outcome,parts=[["plan",1,direction,environment,systemIdentifier,database,major],[verdict,deploy,backup,approvals],...migrations.map(({directory,version,digest})=>[directory,version,digest])];return sha256(parts.map(part=>`${JSON.stringify(part)}
`).join(""))}function statementsDigest(statements){return sha256(statements.map(sql=>`${sql.length} ${sql.replace(/\r\n?/g,`
`)}
`).join(""))}export{scriptDigest,migrationDigest,setDigest,planDigest,statementsDigest};
