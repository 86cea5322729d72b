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
  return [...jsonPieces(report)].join("");
}

/** The same in pieces: of a million statements it is longer than a string can be. */
export function* jsonPieces(report: Report): Generator<string> {
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
    migrations: [],
  };
  // An empty list ends the value; its elements are put into it.
  const [before = ""] = escapeUnseen(JSON.stringify(value, null, 2)).split(/\[\]\n\}$/);
  yield before;
  yield* list(report.migrations, 2, function* (each) {
    yield inner(migration(each), 4).slice(0, -"\n    }".length);
    yield ',\n      "statements": ';
    yield* list(each.statements, 6, (one) => [inner(statement(one), 8)]);
    yield ',\n      "findings": ';
    yield* list(each.findings, 6, (one) => [inner(finding(one), 8)]);
    yield "\n    }";
  });
  yield "\n}\n";
}

/** A list whose elements are written one by one; the brackets stand so many spaces in. */
function* list<T>(of: readonly T[], indent: number, write: (each: T) => Iterable<string>): Generator<string> {
  const pad = " ".repeat(indent);
  for (const [at, each] of of.entries()) {
    yield `${at === 0 ? "[" : ","}\n${pad}  `;
    yield* write(each);
  }
  yield of.length === 0 ? "[]" : `\n${pad}]`;
}

/** A value in a list that stands so many spaces in. */
function inner(value: object, indent: number): string {
  return escapeUnseen(JSON.stringify(value, null, 2)).replaceAll("\n", `\n${" ".repeat(indent)}`);
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

/** A migration in full. */
export function migrationValue(of: ReportMigration): ReportMigration {
  return { ...migration(of), statements: of.statements.map(statement), findings: of.findings.map(finding) };
}

function migration(of: ReportMigration): Omit<ReportMigration, "statements" | "findings"> {
  return {
    path: of.path,
    version: of.version,
    digest: of.digest,
    direction: of.direction,
    dialect: of.dialect,
    risk: of.risk,
    verdict: of.verdict,
    policy: { deploy: of.policy.deploy, approvals: of.policy.approvals, backup: of.policy.backup },
    appliedBy: of.appliedBy,
    down: of.down,
    ...(of.generated === undefined ? {} : { generated: { command: of.generated.command } }),
  };
}

function statement(of: ReportStatement): ReportStatement {
  return {
    line: of.line,
    column: of.column,
    endLine: of.endLine,
    endColumn: of.endColumn,
    transaction: of.transaction,
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
