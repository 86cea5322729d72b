#!/usr/bin/env node
import{createRequire as __createRequire}from"node:module";import{fileURLToPath as __fileURLToPath}from"node:url";var require=__createRequire(import.meta.url),__filename=__fileURLToPath(import.meta.url),__dirname=__fileURLToPath(new URL('.',import.meta.url));
import{UserError}from"./chunk-7O2WD43I.js";import{nearest,printable}from"./chunk-DHA7XNIJ.js";import"./chunk-WGVMUYKW.js";import{parseArgs}from"node:util";import{readFileSync}from"node:fs";function version(){let manifest=JSON.parse(readFileSync(new URL("../package.json",import.meta.url),"utf8")),found=typeof manifest=="object"&&manifest!==null&&"version"in manifest?manifest.version:null;return typeof found=="string"?found:"unknown"}function help(){return`Lockkeeper ${version()}: safe PostgreSQL migrations

Usage: lockkeeper check [path\u2026] [options]

  check     Reads migrations with PostgreSQL's own parser, says what each does to the
            database (locks, rewrites, lost data), and gives a verdict. A directory:
            each migration is judged with the earlier ones as its history. A file: that
            migration is judged. Without a path: the directories that the config names.

Options
  --config FILE        the config (default: .github/lockkeeper.yml, where there is one)
  --layout NAME        golang-migrate or plain (default: found by the file names)
  --format text|json   how the report is written (default: text)
  --postgres VERSION   the server's major version, 14 to 18 (default: the config's, or 18)
  --rehearse off       no rehearsal on a scratch database
  -h, --help           this text
  -V, --version        the version

Exit status
  0  the gate is open         1  approval is needed, or a migration is blocked
  2  the request is wrong     70 a bug in Lockkeeper
`}var exitStatus={pass:0,closed:1,wrongRequest:2,bug:70},commands=["check"];async function main(args){process.stdout.on("error",error=>{if(error.code!=="EPIPE")throw error});try{process.exitCode=await run(args)}catch(thrown){if(thrown instanceof UserError)process.stderr.write(render(thrown)),process.exitCode=exitStatus.wrongRequest;else{let trace=thrown instanceof Error?thrown.stack??thrown.message:String(thrown);process.stderr.write(`${trace}
This is a bug in Lockkeeper, not in your migrations. Please report it.
`),process.exitCode=exitStatus.bug}}}async function run(args){let{positionals,values}=parse(args),[command,...paths]=positionals;if(values.version===!0)return process.stdout.write(`${version()}
`),exitStatus.pass;if(values.help===!0||command===void 0)return process.stdout.write(help()),exitStatus.pass;if(command!=="check")throw unknown("command",command,commands,"lockkeeper --help lists the commands");return runCheck(paths,values)}var options={config:{type:"string"},layout:{type:"string"},format:{type:"string"},postgres:{type:"string"},rehearse:{type:"string"},help:{type:"boolean",short:"h"},version:{type:"boolean",short:"V"}};function parse(args){for(let arg of args){if(arg==="--")break;let name=/^--([^=]+)/.exec(arg)?.[1];if(name!==void 0&&!Object.hasOwn(options,name))throw unknown("option",`--${name}`,Object.keys(options).map(each=>`--${each}`),"lockkeeper --help lists the options")}try{return parseArgs({args:[...args],options,allowPositionals:!0,strict:!0})}catch(thrown){let message=thrown instanceof Error?thrown.message.split(/[.\n]/,1)[0]??"":"";throw new UserError("option-invalid",`${printable(message)}.`,{hint:"lockkeeper --help lists the options."})}}async function runCheck(paths,values){let format=oneOf("--format",values.format??"text",["text","json"]);values.rehearse!==void 0&&oneOf("--rehearse",values.rehearse,["off"]);let{layouts,postgresVersions}=await import("./config-QDRXSLRM.js"),postgres=values.postgres===void 0?null:oneOf("--postgres",values.postgres,postgresVersions.map(String)),[{check},{openWorkspace}]=await Promise.all([import("./check-Q6RJJW2E.js"),import("./workspace-FBWOLCQB.js")]),workspace=openWorkspace(process.cwd()),report=await check({paths,config:values.config??null,layout:values.layout===void 0?null:oneOf("--layout",values.layout,layouts),postgres:postgresVersions.find(each=>String(each)===postgres)??null},{workspace});if(format==="json"){let{renderJson}=await import("./json-JN3B4ZSY.js");process.stdout.write(renderJson(report))}else{let[{renderTerminal},{decode}]=await Promise.all([import("./terminal-CRTM4EQL.js"),import("./decode-3CHU7EHW.js")]),source=path=>{let content=workspace.read(path),decoded=content.kind==="bytes"?decode(content.bytes):null;return decoded?.kind==="text"?decoded.text:null};process.stdout.write(renderTerminal(report,{color:wantsColor(),width:process.stdout.columns??100,source}))}return report.verdict.outcome==="pass"?exitStatus.pass:exitStatus.closed}function wantsColor(){let{NO_COLOR,FORCE_COLOR,TERM}=process.env;return NO_COLOR!==void 0&&NO_COLOR!==""?!1:FORCE_COLOR!==void 0&&FORCE_COLOR!==""?FORCE_COLOR!=="0":process.stdout.isTTY===!0&&TERM!=="dumb"}function oneOf(option,value,choices){let found=choices.find(choice=>choice===value);if(found!==void 0)return found;let meant=nearest(value,choices);throw new UserError("option-invalid",`${option} ${printable(value)} is not known.`,{details:[`It takes: ${choices.join(", ")}.`],...meant===null?{}:{hint:`did you mean ${option} ${meant}?`}})}function unknown(what,word,choices,otherwise){let meant=nearest(word,choices);return new UserError(`${what}-unknown`,`There is no ${what} ${printable(word)}.`,{hint:meant===null?`${otherwise}.`:`did you mean ${meant}?`})}function render(error){let lines=[error.message,...error.details.map(detail=>`  ${detail}`)];return error.hint!==null&&lines.push(`  What to do: ${error.hint}`),lines.push(`  Code: ${error.code}`),`${lines.map(printable).join(`
`)}
`}await main(process.argv.slice(2));
