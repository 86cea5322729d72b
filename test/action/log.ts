/**
 * What GitHub's runner does with the lines that a step prints (ActionCommand.cs, ActionCommandManager.cs and ExecutionContext.cs of
 * actions/runner): which it takes for commands, and which annotations it keeps.
 */

/** An annotation. */
export interface Issue {
  readonly level: "error" | "warning" | "notice";
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly title: string | null;
}

const levels = ["error", "warning", "notice"] as const;
const known = new Set<string>([
  ...levels,
  ...["add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "group", "remove-matcher"],
  ...["save-state", "set-env", "set-output", "stop-commands"],
]);
const mostIssues = 10;
const mostCharacters = 4096;

interface Command {
  readonly name: string;
  readonly properties: ReadonlyMap<string, string>;
  readonly data: string;
}

/** Goes through the lines as the runner does. */
export function readLog(raw: string): { log: string; commands: readonly string[]; issues: readonly Issue[] } {
  const shown: string[] = [];
  const commands: string[] = [];
  const issues: Issue[] = [];
  let stoppedBy: string | null = null;
  // .NET ends a line at a lone carriage return too.
  for (const line of raw.split(/\r\n|[\r\n]/)) {
    const registered: ReadonlySet<string> = stoppedBy === null ? known : new Set([...known, stoppedBy]);
    const command = newForm(line, registered) ?? oldForm(line, registered);
    if (stoppedBy !== null) {
      if (command?.name.toLowerCase() === stoppedBy.toLowerCase()) stoppedBy = null;
      else shown.push(line);
      continue;
    }
    if (command === null) {
      shown.push(line);
      continue;
    }
    commands.push(command.name);
    if (command.name === "stop-commands") stoppedBy = command.data;
    const level = levels.find((each) => each === command.name);
    if (level === undefined) continue;
    if (issues.filter((issue) => issue.level === level).length < mostIssues) issues.push(issueOf(level, command));
  }
  if (stoppedBy !== null) throw new Error("The step ended with its commands stopped");
  return { log: shown.join("\n").replace(/\u001b\[[0-9;]*m/g, ""), commands, issues };
}

function issueOf(level: Issue["level"], { properties, data }: Command): Issue {
  const line = properties.get("line");
  return {
    level,
    message: data.slice(0, mostCharacters),
    file: properties.get("file") ?? null,
    line: line === undefined ? null : Number(line),
    title: properties.get("title") ?? null,
  };
}

/** `::name key=value,key=value::data`, after spaces, and after what .NET leaves out when it compares: marks and what nobody sees. */
function newForm(line: string, registered: ReadonlySet<string>): Command | null {
  const text = line.replace(/^[\s\p{Cf}\p{Mn}]+/u, "");
  const end = text.indexOf("::", 2);
  if (!text.startsWith("::") || end < 0) return null;
  const data = unescaped(text.slice(end + 2), [...ends, percent]);
  return commandOf(text.slice(2, end), { registered, between: ",", escapes: [...ends, colon, comma, percent], data });
}

/** `##[name key=value;key=value]data`, anywhere in a line. */
function oldForm(line: string, registered: ReadonlySet<string>): Command | null {
  const text = line.replace(/[\p{Cf}\p{Mn}]/gu, "");
  const start = text.indexOf("##[");
  const end = text.indexOf("]", start);
  if (start < 0 || end < 0) return null;
  const escapes = [semicolon, ...ends, bracket, percent];
  const data = unescaped(text.slice(end + 1), escapes);
  return commandOf(text.slice(start + 3, end), { registered, between: ";", escapes, data });
}

type Escape = readonly [written: string, meant: string];
const ends: readonly Escape[] = [
  ["%0D", "\r"],
  ["%0A", "\n"],
];
const colon: Escape = ["%3A", ":"];
const comma: Escape = ["%2C", ","];
const semicolon: Escape = ["%3B", ";"];
const bracket: Escape = ["%5D", "]"];
const percent: Escape = ["%25", "%"];

interface Form {
  readonly registered: ReadonlySet<string>;
  readonly between: string;
  readonly escapes: readonly Escape[];
  readonly data: string;
}

function commandOf(info: string, { registered, between, escapes, data }: Form): Command | null {
  const [name = "", ...rest] = info.split(" ");
  if (![...registered].some((each) => each.toLowerCase() === name.toLowerCase())) return null;
  const pairs = rest
    .join(" ")
    .split(between)
    .map((pair) => /^\s*([^=]+)=(.+)$/s.exec(pair))
    .flatMap((match) => (match === null ? [] : [[match[1] ?? "", unescaped(match[2] ?? "", escapes)] as const]));
  return { name: name.toLowerCase(), properties: new Map(pairs), data };
}

function unescaped(text: string, escapes: readonly Escape[]): string {
  return escapes.reduce((done, [written, meant]) => done.replaceAll(written, meant), text);
}
