import type { AppliedBy, Config, Database } from "../config/config.ts";
import type { MutableCatalog } from "../facts/catalog.ts";
import type { FileFacts } from "../facts/file.ts";
import type { SetState } from "../facts/session.ts";
import { decide, type Judged } from "../gate/decide.ts";
import { baseName } from "../migrations/discover.ts";
import { layoutOf } from "../migrations/layouts/index.ts";
import type { Layout } from "../migrations/layouts/layout.ts";
import type { Discovered, FileProblem, Migration } from "../migrations/migration.ts";
import { migrationDigest } from "../plan/digest.ts";
import type { Workspace } from "../ports.ts";
import type { Judgement } from "../report/build.ts";
import { type RuleSet, runRules } from "../rules/run.ts";
import type { SqlReader } from "./reader.ts";
import { readSql } from "./scripts.ts";

/** What judging a file needs to know of the project. */
export interface FileContext {
  readonly workspace: Workspace;
  readonly config: Config;
  readonly rules: RuleSet;
  /** The database whose SQL the directory holds. */
  readonly dialect: Database;
  readonly reader: SqlReader;
  /** Who sends the SQL, where it is neither the layout's tool nor Lockkeeper. */
  readonly applier?: string;
}

/** A judged script, and its text's digest; null where it could not be read. */
export interface JudgedScript extends Judged {
  readonly digest: string | null;
}

/** Reads and judges one script. The catalog takes in what it does. */
export type Judge = (script: {
  readonly migration: Migration;
  readonly path: string;
  readonly direction: "up" | "down";
  readonly catalog: MutableCatalog;
  readonly set: SetState;
  /** Of a down script, what is known of its up script. */
  readonly up?: FileFacts | null;
  /** remembered: no rule looks at it. asked: it is itself what was asked for, and explained in full, the way back too. */
  readonly how: "remembered" | "judged" | "asked";
}) => Promise<JudgedScript>;

/** Judges the scripts of one directory, with what is wrong with the files themselves. */
export function judgeFor(
  { layout: id, problems }: Pick<Discovered, "layout" | "problems">,
  appliedBy: AppliedBy,
  { workspace, config, rules, dialect, reader, applier }: FileContext,
): Judge {
  const layout = layoutOf(id);
  const of = { layout, workspace, dialect, reader, variables: config.variables };
  const problemsOf = byPath(problems);
  return async ({ migration, path, direction, catalog, set, up = null, how }) => {
    const read = await readSql(path, { ...of, appliedBy, direction });
    const { model } = read;
    const statements = (await read.script?.facts({ catalog, set, model })) ?? [];
    if (read.script === null) catalog.exact = false;
    const own = [...(problemsOf.get(path) ?? [])];
    if (read.unreadable !== null) own.push({ kind: "unreadable", path, message: read.unreadable });
    if (read.isMissing) own.push(missingPart(path, direction, layout));
    const file: FileFacts = {
      path,
      migration,
      direction,
      up,
      layout,
      model,
      dialect,
      appliedBy: applier ?? applierOf(appliedBy, layout, dialect),
      unreadable: read.unreadable,
      byteOrderMark: read.byteOrderMark,
      problems: own,
      statements,
      directives: read.directives,
      major: config.postgres,
    };
    const findings = how === "remembered" ? [] : runRules(file, how === "asked" ? { ...rules, down: rules.up } : rules);
    return { file, findings, digest: read.digest };
  };
}

/** Lockkeeper applies what no tool does, but PostgreSQL alone. */
function applierOf(appliedBy: AppliedBy, { tool }: Layout, dialect: Database): string {
  if (appliedBy === "tool" && tool !== null) return tool;
  return dialect === "postgresql" ? "lockkeeper" : "another program";
}

function missingPart(path: string, direction: "up" | "down", { tool }: Layout): FileProblem {
  const what = `has no part that ${tool ?? "the tool"} would run`;
  return direction === "up"
    ? { kind: "unrecognised", path, message: `${what}: it is never applied.` }
    : { kind: "missing-down", path, message: "has no down part: it cannot be rolled back." };
}

/** The problems of files that are not judged as a script of a migration: each file is shown, and counts, as a migration of its own. */
export function judgeProblems(
  problems: readonly FileProblem[],
  layout: Discovered["layout"],
  { config, rules, dialect }: Pick<FileContext, "config" | "rules" | "dialect">,
): Judgement[] {
  return [...byPath(problems)].map(([path, problems]) => {
    const unreadable = problems.find(({ kind }) => kind === "unreadable")?.message ?? null;
    const migration: Migration = { version: "", name: baseName(path), up: path, down: null };
    const file: FileFacts = {
      path,
      migration,
      direction: "up",
      up: null,
      layout: layoutOf(layout),
      model: "lockkeeper",
      dialect,
      appliedBy: "lockkeeper",
      unreadable,
      byteOrderMark: false,
      problems,
      statements: [],
      directives: [],
      major: config.postgres,
    };
    return conclude({ file, findings: runRules(file, rules), digest: null }, null, config);
  });
}

/** The verdict on a migration, from its script and, where it is judged with it, its way back. */
export function conclude(script: JudgedScript, down: JudgedScript | null, config: Config): Judgement {
  const decision = decide(script, down, config.policy);
  const digest =
    script.file.direction === "down"
      ? migrationDigest({ up: undefined, down: script.digest })
      : migrationDigest({ up: script.digest, down: down?.file.path === script.file.path ? undefined : down?.digest });
  return { ...decision, script, down, policy: config.policy[decision.risk], digest };
}

function byPath(problems: readonly FileProblem[]): Map<string, FileProblem[]> {
  const grouped = new Map<string, FileProblem[]>();
  for (const problem of problems) {
    const same = grouped.get(problem.path);
    if (same === undefined) grouped.set(problem.path, [problem]);
    else same.push(problem);
  }
  return grouped;
}
