import type {
  Report,
  ReportCoverage,
  ReportEffect,
  ReportFinding,
  ReportMigration,
  ReportReason,
  ReportStatement,
  ReportVerdict,
} from "./report.ts";

/**
 * The report as JSON (schema 1, docs/report.schema.json): two spaces, the keys in the order of the type, a line end last.
 * It is put together key by key, so that what the inner types grow never becomes public by accident.
 */
export function renderJson(report: Report): string {
  const value: Report = {
    schema: report.schema,
    command: report.command,
    postgres: report.postgres,
    config: report.config,
    base: report.base,
    digest: report.digest,
    risk: report.risk,
    verdict: verdict(report.verdict),
    coverage: coverage(report.coverage),
    migrations: report.migrations.map(migrationValue),
  };
  return `${escapeUnseen(JSON.stringify(value, null, 2))}\n`;
}

/** JSON may write any character of a string as its number; those that a terminal acts on are, as they come from other people's files. */
export function escapeUnseen(json: string): string {
  // "##[" is an order to the GitHub runner that prints it, wherever it stands in a line.
  return json
    .replaceAll("##[", "##\\u005b")
    .replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
      Array.from(
        { length: character.length },
        (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
      ).join(""),
    );
}

function verdict({ outcome, because }: ReportVerdict): ReportVerdict {
  return { outcome, because: because.map(reason) };
}

function reason(of: ReportReason): ReportReason {
  switch (of.kind) {
    case "finding":
      return { kind: of.kind, rule: of.rule, risk: of.risk, path: of.path, line: of.line };
    case "statement":
      return { kind: of.kind, class: of.class, risk: of.risk, path: of.path, line: of.line };
  }
}

function coverage(of: ReportCoverage): ReportCoverage {
  return {
    migrations: of.migrations,
    files: of.files,
    statements: of.statements,
    read: of.read,
    opaque: of.opaque,
    unreadable: of.unreadable,
    rehearsed: of.rehearsed,
    ignored: of.ignored,
  };
}

/** A migration key by key. */
export function migrationValue(of: ReportMigration): ReportMigration {
  return {
    path: of.path,
    version: of.version,
    digest: of.digest,
    direction: of.direction,
    risk: of.risk,
    verdict: of.verdict,
    policy: { deploy: of.policy.deploy, approvals: of.policy.approvals, backup: of.policy.backup },
    appliedBy: of.appliedBy,
    down: of.down,
    statements: of.statements.map(statement),
    findings: of.findings.map(finding),
  };
}

function statement(of: ReportStatement): ReportStatement {
  return {
    line: of.line,
    column: of.column,
    endLine: of.endLine,
    endColumn: of.endColumn,
    class: of.class,
    risk: of.risk,
    actions: of.actions.map((action) => ({ kind: action.kind, class: action.class, risk: action.risk })),
    effects: of.effects.map(effect),
  };
}

function effect(of: ReportEffect): ReportEffect {
  const where = { relation: of.relation, certainty: of.certainty };
  switch (of.kind) {
    case "lock":
      return { kind: of.kind, mode: of.mode, lasts: of.lasts, ...where };
    case "rewrite":
    case "scan":
    case "index-rebuild":
      return { kind: of.kind, why: of.why, ...where };
    case "fails":
      return { kind: of.kind, sqlstate: of.sqlstate, why: of.why, ...where };
    case "no-transaction-block":
      return { kind: of.kind, ...where };
    case "data-loss":
      return { kind: of.kind, what: of.what, ...where };
    case "breaks-clients":
      return { kind: of.kind, what: of.what, ...where };
  }
}

function finding(of: ReportFinding): ReportFinding {
  return {
    rule: of.rule,
    risk: of.risk,
    certainty: of.certainty,
    blocks: of.blocks,
    path: of.path,
    line: of.line,
    column: of.column,
    endLine: of.endLine,
    endColumn: of.endColumn,
    message: of.message,
    safer: of.safer,
    allowed: of.allowed,
  };
}
