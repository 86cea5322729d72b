import { noOrder, shown } from "./cells.ts";
import { failureLines, outcomeWords, troubleLines } from "./deploy-terminal.ts";
import { endLines } from "./deploy-words.ts";
import { coloured, plain } from "./paint.ts";
import { printedLines } from "./printed-sql.ts";
import { wrap } from "./prose.ts";
import type { RollbackReport } from "./rollback-report.ts";
import { rollbackVerdict, wantedWords, wayWords } from "./rollback-words.ts";
import type { TerminalOptions } from "./terminal.ts";

/** What going back did, as text for people. Ends with a line end. */
export function renderRollbackTerminal(
  report: RollbackReport,
  options: Pick<TerminalOptions, "color" | "width">,
): string {
  const paint = options.color ? coloured : plain;
  const width = Math.max(20, options.width);
  const say = (text: string, indent = 0): readonly string[] =>
    wrap(shown(text), { width, indent, hanging: indent + 2 });
  const { refusal, outcomes, losses, migrations, digest, dryRun } = report;
  const lines: string[] = digest === null ? [] : [...say(wayWords(report))];
  if (dryRun) {
    lines.push(...migrations.flatMap(({ path, risk }) => say(`would run ${path} (risk ${risk})`, 2)));
    lines.push(...migrations.flatMap(({ path, sql }) => (sql === null ? [] : printedLines(path, sql).map(shown))));
  }
  const lost = losses.filter(({ rows }) => rows !== 0);
  // A refusal for what would be lost names it already.
  if (refusal?.code !== "would-lose-data" && refusal?.code !== "automatic-would-lose")
    lines.push(...lost.flatMap(({ message }) => say(`${dryRun ? "loses" : "lost"} ${message}`, 2)));
  if (refusal !== null) lines.push(...troubleLines(refusal, say), "");
  for (const outcome of outcomes) {
    lines.push(...say(outcomeWords(outcome).replace(/^applied {3}/, "back      ")));
    if (outcome.failure !== null) lines.push(...failureLines(outcome.failure, outcome.path, say), "");
  }
  lines.push(...endLines(report).flatMap((line) => say(line)));
  const ending = report.exitStatus === 0 ? "strong" : "blocked";
  lines.push(...say(rollbackVerdict(report)).map((line) => paint(ending, line)));
  const wanted = dryRun ? wantedWords(report) : null;
  if (wanted !== null) lines.push(...say(wanted));
  for (const each of report.otherWay) lines.push(...say(each));
  if (digest !== null) lines.push(`Plan: ${digest}`);
  return `${lines.map(noOrder).join("\n")}\n`;
}
