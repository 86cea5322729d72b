/**
 * How the GitHub runner reads the log of a step, after its own parser (actions/runner, src/Runner.Common/ActionCommand.cs and
 * src/Runner.Worker/ActionCommandManager.cs): a line that begins with ::command, or one with ##[command] anywhere in it.
 */
export interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const registered = new Set(
  (
    "error warning notice debug group endgroup add-mask add-path set-env set-output save-state add-matcher remove-matcher " +
    "echo stop-commands"
  ).split(" "),
);

/** The commands that the runner finds in a log. It ends lines where a stream reader of .NET does. */
export function commandsIn(log: string): readonly RunnerCommand[] {
  return log.split(/\r\n|\r|\n/).flatMap((line) => current(line) ?? old(line) ?? []);
}

function current(line: string): RunnerCommand | null {
  const text = line.trimStart();
  const end = text.startsWith("::") ? text.indexOf("::", 2) : -1;
  if (end < 0) return null;
  const [name, properties] = head(text.slice(2, end), ",");
  if (name === null) return null;
  const read = (value: string): string => value.replaceAll("%3A", ":").replaceAll("%2C", ",");
  return {
    name,
    properties: Object.fromEntries(
      properties.map(([key, value]) => [key, unescaped(read(value.replaceAll("%0D", "\r").replaceAll("%0A", "\n")))]),
    ),
    data: unescaped(
      text
        .slice(end + 2)
        .replaceAll("%0D", "\r")
        .replaceAll("%0A", "\n"),
    ),
  };
}

function unescaped(text: string): string {
  return text.replaceAll("%25", "%");
}

function old(line: string): RunnerCommand | null {
  const start = line.indexOf("##[");
  const end = start < 0 ? -1 : line.indexOf("]", start);
  if (end < 0) return null;
  const [name] = head(line.slice(start + 3, end), ";");
  return name === null ? null : { name, properties: {}, data: line.slice(end + 1) };
}

function head(info: string, separator: string): [string | null, (readonly [string, string])[]] {
  const space = info.indexOf(" ");
  const name = space < 0 ? info : info.slice(0, space);
  if (!registered.has(name.toLowerCase())) return [null, []];
  const pairs = (space < 0 ? "" : info.slice(space + 1)).trim().split(separator);
  return [
    name,
    pairs.flatMap((pair) => {
      const at = pair.indexOf("=");
      return at > 0 && at < pair.length - 1 ? [[pair.slice(0, at), pair.slice(at + 1)] as const] : [];
    }),
  ];
}
