import { inWords } from "../config/quantities.ts";
import type { Said } from "../plan/progress.ts";
import { noOrder, shown } from "./cells.ts";
import type { DeployReport, ReportFailure, ReportOutcome, ReportRefusal } from "./deploy-report.ts";
import { endLines } from "./deploy-words.ts";
import { coloured, plain } from "./paint.ts";
import { wrap } from "./prose.ts";
import type { TerminalOptions } from "./terminal.ts";

/** What a deploy did, as text for people. Ends with a line end. */
export function renderDeployTerminal(report: DeployReport, options: Pick<TerminalOptions, "color" | "width">): string {
  const paint = options.color ? coloured : plain;
  const width = Math.max(20, options.width);
  const say = (text: string, indent = 0): readonly string[] =>
    wrap(shown(text), { width, indent, hanging: indent + 2 });
  const lines: string[] = [];
  const { refusal, outcomes } = report;
  if (refusal !== null) lines.push(...troubleLines(refusal, say), "");
  for (const outcome of outcomes) {
    lines.push(...say(outcomeWords(outcome)));
    if (outcome.failure !== null) lines.push(...failureLines(outcome.failure, outcome.path, say), "");
  }
  lines.push(...endLines(report).flatMap((line) => say(line)));
  const ending = report.exitStatus === 0 ? "strong" : "blocked";
  lines.push(...say(verdictWords(report)).map((line) => paint(ending, line)));
  if (report.digest !== null) lines.push(`Plan: ${report.digest}`);
  return `${lines.map(noOrder).join("\n")}\n`;
}

type Say = (text: string, indent?: number) => readonly string[];

/** What went wrong, in four lines or more. */
export function troubleLines({ code, message, details, hint }: ReportRefusal, say: Say): readonly string[] {
  return [
    ...say(message),
    ...details.flatMap((detail) => say(detail, 2)),
    ...(hint === null ? [] : say(`What to do: ${hint}`, 2)),
    `  Code: ${code}`,
  ];
}

/** Why a migration failed, and where. */
export function failureLines(failure: ReportFailure, path: string, say: Say): readonly string[] {
  const at = failure.line === null ? "" : `${path}:${failure.line}:${failure.column ?? 1} `;
  const state = failure.sqlstate === null ? "" : ` (SQLSTATE ${failure.sqlstate})`;
  const statement = failure.statement === null ? "" : `statement ${failure.statement}: `;
  return troubleLines({ ...failure, message: `${at}${statement}${failure.message}${state}` }, (text, indent = 0) => {
    return say(text, indent + 2);
  });
}

/** Why a migration was not applied, as plain lines; none where it was. */
export function saidOfFailure({ failure, path }: ReportOutcome): readonly string[] {
  return failure === null ? [] : failureLines(failure, path, (text, indent = 0) => [`${" ".repeat(indent)}${text}`]);
}

/** One line on a migration: what is in the database of it. */
export function outcomeWords({ status, path, ms, rows, retries, done, ledger }: ReportOutcome): string {
  switch (status) {
    case "applied": {
      const changed = rows === null || rows === 0 ? "" : `, ${rows} ${rows === 1 ? "row" : "rows"}`;
      const tries =
        retries === null || retries === 0 ? "" : `, after ${retries} ${retries === 1 ? "retry" : "retries"}`;
      return `applied   ${path}  ${inWords(ms ?? 0)}${changed}${tries}${movedWords(ledger)}`;
    }
    case "undone":
      return `failed    ${path}  nothing of it is in the database`;
    case "partial":
      return done === null
        ? `partial   ${path}  a part of it is in the database${movedWords(ledger)}`
        : `partial   ${path}  its first ${done} statements are in the database`;
    case "unknown":
      return ledger === null
        ? `unknown   ${path}  the database could not be asked how far it came`
        : `unknown   ${path}  whether anything of it is in the database cannot be told`;
    case "not-run":
      return `not run   ${path}`;
  }
}

const mostVersions = 5;

/** What became of the ledger of a tool whose command has run; the versions that it has or has no more. */
export function movedWords(ledger: ReportOutcome["ledger"]): string {
  if (ledger === null) return "";
  const { before, after } = ledger;
  const isHead = before.length <= 1 && after.length <= 1;
  if (isHead) return `; ledger ${before[0] ?? "empty"} → ${after[0] ?? "empty"}`;
  const [come, gone] = [after.filter((each) => !before.includes(each)), before.filter((each) => !after.includes(each))];
  const words = [
    ...come.slice(0, mostVersions).map((each) => `+${each}`),
    ...gone.slice(0, mostVersions).map((each) => `−${each}`),
  ];
  const more = come.length + gone.length - words.length;
  return words.length === 0
    ? "; its ledger has not moved"
    : `; ledger ${words.join(" ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** How it ended, in one sentence. */
export function verdictWords({ refusal, outcomes, exitStatus, amiss, rollback }: DeployReport): string {
  const applied = outcomes.filter(({ status }) => status === "applied").length;
  if (refusal !== null) return "Nothing was begun: the database is as it was.";
  if (outcomes.length === 0 && exitStatus === 0) return "Nothing to do: no pending migrations.";
  if (exitStatus === 0) return `Done: ${applied} ${applied === 1 ? "migration" : "migrations"} applied.`;
  if (rollback?.exitStatus === 0) return "It failed, and what this run had applied was taken back.";
  const before = applied === 0 ? "" : ` ${applied} before it ${applied === 1 ? "was" : "were"} applied.`;
  if (outcomes.some(({ status, ledger }) => ledger !== null && (status === "partial" || status === "unknown")))
    return `Stopped with a migration that may be in the database in part.${before} Look what is there, and put it right with its own tool.`;
  if (outcomes.some(({ status }) => status === "partial"))
    return `Stopped with a migration that is in the database in part.${before} lockkeeper migrate goes on from there; lockkeeper resolve shows what is there.`;
  if (outcomes.some(({ status }) => status === "unknown"))
    return `Stopped without knowing how far it came.${before} Run lockkeeper migrate again: the database knows.`;
  if (outcomes.length === applied && amiss.length > 0) return "Applied, but not everything is as it was planned to be.";
  return `Stopped: nothing of the migration that failed is in the database.${before}`;
}

/** What is told while it happens, in one line. */
export function saidWords(said: Said): string {
  switch (said.kind) {
    case "waiting-for-runner":
      return `Another run has the lock; waiting for it. ${said.by === null ? "" : `It is ${said.by}.`}`;
    case "applying":
      return `${said.direction === "up" ? "Applying" : "Rolling back"} ${said.path}${said.from === 0 ? "" : ` from statement ${said.from + 1}`}`;
    case "waiting-for-lock":
      return `  waiting for a lock. In the way: ${said.blockers.join("; ")}`;
    case "waiting-for-replicas":
      return `  waiting for replicas that are more than ${inWords(said.limitMs)} behind: ${said.replicas.join(", ")}`;
    case "retry":
      return `  ${said.why} Trying again in ${inWords(said.inMs)} (${said.attempt} of ${said.of}).`;
    case "long": {
      const percent = said.percent === null ? "" : `, ${said.percent} %`;
      const left = said.leftMs === null ? "" : `, about ${inWords(said.leftMs)} left`;
      return `  ${said.phase}: ${inWords(said.elapsedMs)} so far${percent}${left}`;
    }
    case "notice":
      return `  ${said.severity}: ${said.message}`;
    case "reconnecting":
      return `  The connection was lost (${said.why}); asking the database how far it came.`;
    case "cleaning-up":
      return `  Dropping the INVALID index ${said.index} that the failed build has left.`;
  }
}
