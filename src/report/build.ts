import type { PolicyRow, Risk } from "../config/config.ts";
import type { Effect, StatementFacts } from "../facts/facts.ts";
import { atLeast, classOf, judgeStatement, riskOf, worst } from "../gate/classify.ts";
import { type Judged, type Reason, type Verdict, worstOutcome } from "../gate/decide.ts";
import type { Finding } from "../rules/run.ts";
import { display } from "../sql/names.ts";
import type { Report, ReportEffect, ReportFinding, ReportMigration, ReportReason, ReportStatement } from "./report.ts";

/** A judged migration as the report needs it. */
export interface Judgement {
  readonly script: Judged;
  readonly down: Judged | null;
  readonly risk: Risk;
  readonly verdict: Verdict;
  readonly policy: PolicyRow;
}

/** The public report of these migrations. */
export function buildReport(judgements: readonly Judgement[], ignored: readonly string[]): Report {
  return {
    schema: 1,
    command: "check",
    risk: worst(judgements.map(({ risk }) => risk)),
    verdict: {
      outcome: worstOutcome(judgements.map(({ verdict }) => verdict.outcome)),
      because: reasons(judgements),
    },
    coverage: coverage(judgements, ignored),
    migrations: judgements.map(migrationOf),
  };
}

function reasons(judgements: readonly Judgement[]): ReportReason[] {
  const blocked = judgements.some(({ verdict }) => verdict.outcome === "blocked");
  const all: ReportReason[] = [];
  for (const { verdict } of judgements) {
    if (verdict.outcome === "pass" || (blocked && verdict.outcome !== "blocked")) continue;
    for (const reason of verdict.because) all.push(reasonOf(reason));
  }
  const order = (a: ReportReason, b: ReportReason): number =>
    a.risk === b.risk ? 0 : atLeast(a.risk, b.risk) ? -1 : 1;
  const seen = new Set<string>();
  return all.sort(order).filter((reason) => {
    const id = `${reason.kind === "finding" ? reason.rule : reason.class} ${reason.path}:${reason.line}`;
    return !seen.has(id) && seen.add(id).has(id);
  });
}

function reasonOf(reason: Reason): ReportReason {
  if (reason.kind === "finding") {
    const { rule, risk, path, at } = reason.finding;
    return { kind: "finding", rule, risk, path, line: at.line };
  }
  const { changeClass, risk, path, statement } = reason;
  return { kind: "statement", class: changeClass, risk, path, line: statement.statement.span.line };
}

function coverage(judgements: readonly Judgement[], ignored: readonly string[]): Report["coverage"] {
  const files = judgements.flatMap(({ script, down }) => (down === null ? [script.file] : [script.file, down.file]));
  const statements = files.flatMap((file) => file.statements);
  const read = statements.filter(({ statement }) => statement.kind === "statement");
  return {
    migrations: judgements.length,
    files: files.length,
    statements: statements.length,
    read: read.length,
    opaque: read.filter(({ actions }) => actions.some(({ kind }) => kind === "opaque")).length,
    unreadable: files.filter((file) => file.unreadable !== null).map((file) => file.path),
    rehearsed: false,
    ignored,
  };
}

function migrationOf({ script: { file, findings }, down, risk, verdict, policy }: Judgement): ReportMigration {
  return {
    path: file.path,
    version: file.migration.version,
    direction: file.direction,
    risk,
    verdict: verdict.outcome,
    policy,
    appliedBy: file.model === "one-string" ? (file.layout.tool ?? "lockkeeper") : "lockkeeper",
    down: file.direction === "up" ? file.migration.down : null,
    statements: file.statements.map(statementOf),
    findings: [...findings, ...(down?.findings ?? [])].map(findingOf),
  };
}

function statementOf(facts: StatementFacts): ReportStatement {
  const { changeClass, risk } = judgeStatement(facts);
  return {
    ...facts.statement.span,
    class: changeClass,
    risk,
    actions: facts.actions.map((action) => ({ kind: action.kind, class: classOf(action), risk: riskOf(action) })),
    effects: facts.effects.map(effectOf),
  };
}

function effectOf(effect: Effect): ReportEffect {
  const relation = effect.relation === null ? null : display(effect.relation);
  return { ...effect, relation };
}

function findingOf({ rule, risk, certainty, blocks, path, at, message, safer }: Finding): ReportFinding {
  return { rule, risk, certainty, blocks, path, ...at, message, safer, allowed: null };
}
