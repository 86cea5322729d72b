import { type PolicyRow, risks } from "../config/config.ts";
import type { Effect } from "../facts/facts.ts";
import { type JudgedStatement, worst } from "../gate/classify.ts";
import { type Decision, type Judged, type Reason, type Verdict, worstOutcome } from "../gate/decide.ts";
import { setDigest } from "../plan/digest.ts";
import type { Finding } from "../rules/run.ts";
import { display } from "../sql/names.ts";
import type {
  Report,
  ReportEffect,
  ReportFinding,
  ReportGenerated,
  ReportMigration,
  ReportReason,
  ReportStatement,
} from "./report.ts";

/** A judged migration as the report needs it. */
export interface Judgement extends Decision {
  readonly script: Judged;
  /** The way back, judged for what makes it fail; null where there is none, or where it is itself what was asked for. */
  readonly down: Judged | null;
  readonly policy: PolicyRow;
  /** SHA-256 over its scripts; null where one could not be read. */
  readonly digest: string | null;
}

/** Builds a report migration by migration: what was judged can be forgotten at once, so that memory does not grow with the SQL. */
export interface ReportBuilder {
  /** @param generated for SQL that a command has printed. */
  add(judgement: Judgement, generated?: ReportGenerated): void;
  ignore(paths: readonly string[]): void;
  /** A file of the history of which nothing could be read: what is judged by it may be wrong. */
  historyUnread(path: string): void;
  build(): Report;
}

/** What a report is about. */
export interface JudgedFor {
  readonly postgres: number;
  readonly config: string | null;
  /** The commit whose migrations count as applied; null: none do. */
  readonly base: string | null;
}

export function reportBuilder(judgedFor: JudgedFor): ReportBuilder {
  const migrations: ReportMigration[] = [];
  const unreadable: string[] = [];
  const ignored: string[] = [];
  const reasons: { readonly outcome: Verdict["outcome"]; readonly reason: ReportReason }[] = [];
  const counted = { files: 0, statements: 0, read: 0, opaque: 0 };

  const countFile = ({ file }: Judged): void => {
    counted.files++;
    if (file.unreadable !== null) unreadable.push(file.path);
    for (const { statement, actions } of file.statements) {
      counted.statements++;
      if (statement.kind !== "statement") continue;
      counted.read++;
      if (actions.some(({ kind }) => kind === "opaque")) counted.opaque++;
    }
  };

  return {
    add(judgement, generated) {
      const { script, down, verdict } = judgement;
      const migration = migrationOf(judgement);
      migrations.push(generated === undefined ? migration : { ...migration, generated });
      countFile(script);
      if (down !== null) countFile(down);
      if (verdict.outcome !== "pass") {
        for (const reason of verdict.because) reasons.push({ outcome: verdict.outcome, reason: reasonOf(reason) });
      }
    },
    historyUnread(path) {
      unreadable.push(path);
    },
    ignore(paths) {
      ignored.push(...paths);
    },
    build() {
      const outcome = worstOutcome(migrations.map(({ verdict }) => verdict));
      const because = reasons.filter((each) => each.outcome === outcome).map(({ reason }) => reason);
      return {
        schema: 1,
        command: "check",
        postgres: judgedFor.postgres,
        config: judgedFor.config,
        base: judgedFor.base,
        digest: setDigest(migrations),
        risk: worst(migrations.map(({ risk }) => risk)),
        verdict: { outcome, because: worstFirst(because) },
        coverage: { migrations: migrations.length, ...counted, unreadable, rehearsed: false, ignored },
        migrations,
      };
    },
  };
}

/** The worst first, and for each place and rule one. */
function worstFirst(reasons: readonly ReportReason[]): ReportReason[] {
  const byPlace = new Map<string, ReportReason>();
  for (const reason of reasons) {
    const id = `${reason.kind === "finding" ? reason.rule : reason.class} ${reason.path}:${reason.line}`;
    if (!byPlace.has(id)) byPlace.set(id, reason);
  }
  return [...byPlace.values()].sort((a, b) => risks.indexOf(b.risk) - risks.indexOf(a.risk));
}

function reasonOf(reason: Reason): ReportReason {
  if (reason.kind === "finding") {
    const { rule, risk, path, at } = reason.finding;
    return { kind: "finding", rule, risk, path, line: at.line };
  }
  const { path, statement } = reason;
  const { changeClass, risk, facts } = statement;
  return { kind: "statement", class: changeClass, risk, path, line: facts.statement.span.line };
}

function migrationOf({
  script: { file },
  risk,
  verdict,
  policy,
  digest,
  statements,
  findings,
}: Judgement): ReportMigration {
  const seen: Seen = statements.length < many ? asItIs : { actions: same(), effects: same() };
  return {
    path: file.path,
    version: file.migration.version,
    digest,
    direction: file.direction,
    dialect: file.dialect,
    risk,
    verdict: verdict.outcome,
    policy: { deploy: policy.deploy, approvals: policy.approvals, backup: policy.backup },
    appliedBy: file.appliedBy,
    down: file.direction === "up" ? file.migration.down : null,
    statements: statements.map(inTransactions(seen)),
    findings: findings.map(findingOf),
  };
}

interface Seen {
  readonly actions: Same<ReportStatement["actions"]>;
  readonly effects: Same<ReportStatement["effects"]>;
}

type Same<T> = (value: T) => T;

/** From so many statements on, sharing saves more than comparing costs. */
const many = 10_000;

const asItIs: Seen = { actions: (value) => value, effects: (value) => value };

/** Gives back the first of values that say the same: most statements of a long file do what others of it do. */
function same<T>(): Same<T> {
  const seen = new Map<string, T>();
  return (value) => {
    const text = JSON.stringify(value);
    const known = seen.get(text);
    if (known === undefined) seen.set(text, value);
    return known ?? value;
  };
}

/** The statements of a script in their order, each with its transaction. */
function inTransactions(seen: Seen): (statement: JudgedStatement) => ReportStatement {
  let count = 0;
  let isOpen = false;
  return (statement) => {
    const { before, actions } = statement.facts;
    const isInside = before.inTransaction || actions.some(({ kind }) => kind === "begin");
    if (isInside && !isOpen) count++;
    const transaction = isInside ? count : null;
    isOpen = isInside && !actions.some(({ kind }) => kind === "commit" || kind === "rollback");
    return statementOf(statement, transaction, seen);
  };
}

function statementOf(
  { facts, changeClass, risk, actions }: JudgedStatement,
  transaction: number | null,
  seen: Seen,
): ReportStatement {
  const { line, column, endLine, endColumn } = facts.statement.span;
  return {
    line,
    column,
    endLine,
    endColumn,
    transaction,
    class: changeClass,
    risk,
    actions: seen.actions(
      actions.map((action) => ({ kind: action.kind, class: action.changeClass, risk: action.risk })),
    ),
    effects: seen.effects(facts.effects.map(effectOf)),
  };
}

/** Written out kind by kind: what an effect gets besides is not public by itself. */
function effectOf(effect: Effect): ReportEffect {
  const { certainty } = effect;
  const relation = effect.relation === null ? null : display(effect.relation);
  switch (effect.kind) {
    case "lock":
      return { kind: "lock", mode: effect.mode, lasts: effect.lasts, relation, certainty };
    case "rewrite":
    case "scan":
    case "index-rebuild":
      return { kind: effect.kind, why: effect.why, relation, certainty };
    case "fails":
      return { kind: "fails", sqlstate: effect.sqlstate, why: effect.why, relation, certainty };
    case "no-transaction-block":
      return { kind: "no-transaction-block", relation, certainty };
    case "data-loss":
      return { kind: "data-loss", what: effect.what, relation, certainty };
    case "breaks-clients":
      return { kind: "breaks-clients", what: effect.what, relation, certainty };
  }
}

function findingOf({ rule, risk, certainty, blocks, path, at, message, safer, allowed }: Finding): ReportFinding {
  const { line, column, endLine, endColumn } = at;
  return { rule, risk, certainty, blocks, path, line, column, endLine, endColumn, message, safer, allowed };
}
