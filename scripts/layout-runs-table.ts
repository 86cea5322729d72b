/** What the table of docs/layouts.md says of a run. */
export interface Row {
  readonly tool: string;
  readonly case: string;
  readonly failed: boolean;
  readonly made: readonly string[];
}

const begin = "<!-- runs: written by scripts/layout-runs.ts -->\n\n";
const end = "\n<!-- end of runs -->";

/** The page with the table of these runs in its place. */
export function withTable(page: string, runs: readonly Row[]): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to === -1) throw new Error("The page has no place for the runs.");
  return page.slice(0, from + begin.length) + tableOf(runs) + page.slice(to);
}

function tableOf(runs: readonly Row[]): string {
  const tools = [...new Set(runs.map(({ tool }) => tool))].sort();
  const rows = [...new Set(runs.map((run) => run.case))].map((name) => {
    const cells = tools.map((tool) => cellOf(runs.find((run) => run.tool === tool && run.case === name)));
    return `| ${name} | ${cells.join(" | ")} |\n`;
  });
  return `| case | ${tools.join(" | ")} |\n| --- |${" --- |".repeat(tools.length)}\n${rows.join("")}`;
}

function cellOf(run: Row | undefined): string {
  if (run === undefined) return "";
  const made = run.made.map((name) => `\`${name}\``).join(", ");
  return `${run.failed ? "refused" : "done"}: ${made === "" ? "nothing is there" : made}`;
}
