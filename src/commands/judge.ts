import type { AppliedBy, Config, Layout as LayoutId } from "../config/config.ts";
import { UserError } from "../errors.ts";
import type { MutableCatalog } from "../facts/catalog.ts";
import { emptyCatalog } from "../facts/catalog.ts";
import { copyCatalog, unknownCatalog } from "../facts/catalog-copy.ts";
import type { FileFacts } from "../facts/file.ts";
import { gather } from "../facts/gather.ts";
import { readBodies } from "../facts/routines.ts";
import { newSet } from "../facts/session.ts";
import { decide, type Judged } from "../gate/decide.ts";
import { type Below, baseName, discover } from "../migrations/discover.ts";
import { layoutOf } from "../migrations/layouts/index.ts";
import type { Layout } from "../migrations/layouts/layout.ts";
import type { Discovered, FileProblem, Migration } from "../migrations/migration.ts";
import type { Workspace } from "../ports.ts";
import type { Judgement, ReportBuilder } from "../report/build.ts";
import { type RuleSet, runRules } from "../rules/run.ts";
import { decode } from "../sql/decode.ts";
import type { Grammar } from "../sql/postgres.ts";
import { list } from "../text.ts";
import { readSql } from "./scripts.ts";
import { inWords } from "./wrong-path.ts";

/** A directory to look at, and which of its files are asked for. */
export interface Target {
  readonly directory: string;
  /** The paths that are judged; null: all of them. The other migrations are their history. */
  readonly only: ReadonlySet<string> | null;
  readonly layout: LayoutId | null;
  readonly appliedBy: AppliedBy;
}

export interface JudgeContext {
  readonly workspace: Workspace;
  readonly config: Config;
  readonly rules: RuleSet;
  /** Opened when the first file is read. */
  readonly grammar: () => Grammar;
  /** Takes each migration as soon as it is judged. */
  readonly report: ReportBuilder;
}

/** Judges each migration of a directory alone, with the earlier ones as its history, and hands it to the report. False where there was nothing to judge. */
export async function judgeDirectory(target: Target, context: JudgeContext): Promise<boolean> {
  const found = find(target, context.workspace);
  if (found === null) return false;
  const judge = judgeFor(target, found, context);
  const catalog = emptyCatalog();
  // What a link or a pipe among the migrations would have done is not known.
  if (found.problems.some(({ kind }) => kind === "unreadable")) catalog.exact = false;
  const { config } = context;
  let isEmpty = true;
  const add = (judgement: Judgement): void => {
    context.report.add(judgement);
    isEmpty = false;
  };
  const last = found.migrations.findLastIndex(({ up, down }) => isWanted(target, up) || isWanted(target, down));
  for (const migration of found.migrations.slice(0, last + 1)) {
    let up: FileFacts | null = null;
    if (migration.up !== null) {
      const script = await judge(migration, migration.up, "up", catalog);
      up = script.file;
      if (!isWanted(target, migration.up) && script.file.unreadable !== null)
        context.report.historyUnread(migration.up);
      if (isWanted(target, migration.up)) {
        const wantsDownToo = target.only?.has(migration.down ?? "") === true;
        const down =
          migration.down === null || wantsDownToo
            ? null
            : await judge(migration, migration.down, "down", unknownCatalog(), { asked: false, up: script.file });
        add(conclude(script, down, config));
      }
    }
    // A down script that was asked for by its own path, or that stands alone, is judged as what it does when it runs.
    if (
      migration.down !== null &&
      (target.only?.has(migration.down) === true || (migration.up === null && target.only === null))
    ) {
      const asked = await judge(migration, migration.down, "down", copyCatalog(catalog), { asked: true, up });
      add(conclude(asked, null, config));
    }
  }
  // What is no migration of the layout, but was asked for by its name, is judged by itself, without a history.
  const strays = straysOf(target, found);
  for (const path of strays) {
    const migration = { version: baseName(path).replace(/\.sql$/i, ""), name: "", up: path, down: null };
    add(conclude(await judge(migration, path, "up", emptyCatalog()), null, config));
  }
  for (const judgement of strangers(target, found, context)) {
    if (!strays.includes(judgement.script.file.path)) add(judgement);
  }
  if (target.only === null && !isEmpty) context.report.ignore(found.ignored);
  return !isEmpty;
}

function straysOf({ only }: Target, { migrations, problems }: Discovered): readonly string[] {
  const taken = new Set(migrations.flatMap(({ up, down }) => [up, down]));
  for (const { kind, path } of problems) if (kind === "unreadable") taken.add(path);
  return [...(only ?? [])].filter((path) => !taken.has(path));
}

function isWanted({ only }: Target, path: string | null): boolean {
  return path !== null && (only === null || only.has(path));
}

function find({ directory, only, layout }: Target, workspace: Workspace): Discovered | null {
  const listing = workspace.look(directory);
  if (listing.kind !== "directory") {
    throw new UserError("path-unreadable", `${inWords(directory)} cannot be listed.`, {
      details: listing.kind === "unreadable" ? [`It ${listing.why}.`] : [],
      hint: "make it readable for this user: the files beside a migration are its history.",
    });
  }
  const found = discover(directory, listing.entries, layout, below(workspace));
  if (found !== null) return found;
  const sql = listing.entries.filter(({ name }) => name.toLowerCase().endsWith(".sql"));
  if (sql.length === 0) return null;
  if (only !== null) return { directory, layout: "plain", migrations: [], problems: [], ignored: [] };
  throw new UserError(
    "layout-unknown",
    `None of the ${sql.length} SQL files in ${inWords(directory)} has the name of a migration.`,
    {
      details: [`Found: ${list(sql.slice(0, 3).map(({ name }) => name))}${sql.length > 3 ? ", …" : ""}.`],
      hint: `name them as a tool does (${layoutOf("golang-migrate").example} or ${layoutOf("plain").example}), say which with --layout, or name one file to check it alone.`,
    },
  );
}

function below(workspace: Workspace): Below {
  return {
    entries(path) {
      const listing = workspace.look(path);
      return listing.kind === "directory" ? listing.entries : [];
    },
    text(path) {
      const content = workspace.read(path);
      const decoded = content.kind === "bytes" ? decode(content.bytes) : null;
      return decoded?.kind === "text" ? decoded.text : null;
    },
  };
}

type Judge = (
  migration: Migration,
  path: string,
  direction: "up" | "down",
  catalog: MutableCatalog,
  more?: { readonly asked: boolean; readonly up: FileFacts | null },
) => Promise<Judged>;

function judgeFor(
  { appliedBy }: Target,
  found: Discovered,
  { workspace, config, rules, grammar }: JudgeContext,
): Judge {
  const layout = layoutOf(found.layout);
  const of = { layout, workspace, grammar, variables: config.variables };
  const problems = byPath(found.problems);
  return async (migration, path, direction, catalog, { asked, up } = { asked: false, up: null }) => {
    const read = await readSql(path, { ...of, appliedBy, direction });
    const { model } = read;
    if (read.script !== null) await readBodies(read.script, catalog);
    const statements =
      read.script === null ? [] : gather(read.script, { catalog, set: newSet(), model, major: config.postgres });
    if (read.script === null) catalog.exact = false;
    const own = [...(problems.get(path) ?? [])];
    if (read.unreadable !== null) own.push({ kind: "unreadable", path, message: read.unreadable });
    if (read.isMissing) own.push(missingPart(path, direction, layout));
    const file: FileFacts = {
      path,
      migration,
      direction,
      up,
      layout,
      model,
      appliedBy: appliedBy === "tool" && layout.tool !== null ? layout.tool : "lockkeeper",
      unreadable: read.unreadable,
      byteOrderMark: read.byteOrderMark,
      problems: own,
      statements,
      directives: read.directives,
      major: config.postgres,
    };
    // What was asked for by name is explained in full, the way back too.
    return { file, findings: runRules(file, asked ? { ...rules, down: rules.up } : rules) };
  };
}

function missingPart(path: string, direction: "up" | "down", { tool }: Layout): FileProblem {
  const what = `has no part that ${tool ?? "the tool"} would run`;
  return direction === "up"
    ? { kind: "unrecognised", path, message: `${what}: it is never applied.` }
    : { kind: "missing-down", path, message: "has no down part: it cannot be rolled back." };
}

/** The problems of files that are no script of any migration: each is shown, and counts, as a migration of its own. */
function strangers(target: Target, found: Discovered, { config, rules }: JudgeContext): Judgement[] {
  const scripts = new Set(found.migrations.flatMap(({ up, down }) => [up, down]));
  const judged: Judgement[] = [];
  for (const [path, problems] of byPath(found.problems)) {
    if (scripts.has(path) || !isWanted(target, path)) continue;
    const unreadable = problems.find(({ kind }) => kind === "unreadable")?.message ?? null;
    const migration: Migration = { version: "", name: baseName(path), up: path, down: null };
    const file: FileFacts = {
      path,
      migration,
      direction: "up",
      up: null,
      layout: layoutOf(found.layout),
      model: "lockkeeper",
      appliedBy: "lockkeeper",
      unreadable,
      byteOrderMark: false,
      problems,
      statements: [],
      directives: [],
      major: config.postgres,
    };
    judged.push(conclude({ file, findings: runRules(file, rules) }, null, config));
  }
  return judged;
}

function conclude(script: Judged, down: Judged | null, config: Config): Judgement {
  const decision = decide(script, down, config.policy);
  return { ...decision, script, down, policy: config.policy[decision.risk] };
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
