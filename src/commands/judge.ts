import type { AppliedBy, Config, Layout as LayoutId, PolicyRow, Risk } from "../config/config.ts";
import { UserError } from "../errors.ts";
import type { MutableCatalog } from "../facts/catalog.ts";
import { emptyCatalog } from "../facts/catalog.ts";
import { copyCatalog, unknownCatalog } from "../facts/catalog-copy.ts";
import type { TransactionModel } from "../facts/facts.ts";
import type { FileFacts } from "../facts/file.ts";
import { gather } from "../facts/gather.ts";
import { newSet } from "../facts/session.ts";
import { decide, type Judged, type Verdict } from "../gate/decide.ts";
import { baseName, discover } from "../migrations/discover.ts";
import { layoutOf, layouts } from "../migrations/layouts/index.ts";
import type { Discovered, FileProblem, Migration } from "../migrations/migration.ts";
import type { Workspace } from "../ports.ts";
import { rules } from "../rules/index.ts";
import { runRules } from "../rules/run.ts";
import { decode } from "../sql/decode.ts";
import { readScript, type Script } from "../sql/parse.ts";
import type { Grammar } from "../sql/postgres.ts";
import { list } from "../text.ts";

/** A directory to look at, and which of its files are asked for. */
export interface Target {
  readonly directory: string;
  /** The paths that are judged; null: all of them. The other migrations are their history. */
  readonly only: ReadonlySet<string> | null;
  readonly layout: LayoutId | null;
  readonly appliedBy: AppliedBy;
}

/** A migration with its verdict. */
export interface JudgedMigration {
  readonly script: Judged;
  /** The way back, judged for what makes it fail; null where there is none, or where it is itself what was asked for. */
  readonly down: Judged | null;
  readonly risk: Risk;
  readonly verdict: Verdict;
  readonly policy: PolicyRow;
}

export interface JudgedDirectory {
  readonly migrations: readonly JudgedMigration[];
  readonly ignored: readonly string[];
}

export interface JudgeContext {
  readonly workspace: Workspace;
  readonly config: Config;
  /** Opened when the first file is read. */
  readonly grammar: () => Grammar;
}

/** Judges each migration of a directory alone, with the earlier ones as its history. */
export async function judgeDirectory(target: Target, context: JudgeContext): Promise<JudgedDirectory> {
  const found = find(target, context.workspace);
  if (found === null) return { migrations: [], ignored: [] };
  const judge = judgeFor(target, found, context);
  const catalog = emptyCatalog();
  const judged: JudgedMigration[] = [];
  const last = found.migrations.findLastIndex(({ up, down }) => isWanted(target, up) || isWanted(target, down));
  for (const migration of found.migrations.slice(0, last + 1)) {
    if (migration.up !== null) {
      const script = await judge(migration, migration.up, "up", catalog);
      if (isWanted(target, migration.up)) {
        const wantsDownToo = target.only?.has(migration.down ?? "") === true;
        const down =
          migration.down === null || wantsDownToo
            ? null
            : await judge(migration, migration.down, "down", unknownCatalog());
        judged.push(conclude(script, down, context.config));
      }
    }
    // A down script that was asked for by its own path, or that stands alone, is judged as what it does when it runs.
    if (
      migration.down !== null &&
      (target.only?.has(migration.down) === true || (migration.up === null && target.only === null))
    ) {
      judged.push(conclude(await judge(migration, migration.down, "down", copyCatalog(catalog)), null, context.config));
    }
  }
  judged.push(...strangers(target, found, context.config));
  return { migrations: judged, ignored: target.only === null ? found.ignored : [] };
}

function isWanted({ only }: Target, path: string | null): boolean {
  return path !== null && (only === null || only.has(path));
}

function find({ directory, only, layout }: Target, workspace: Workspace): Discovered | null {
  const listing = workspace.look(directory);
  if (listing.kind !== "directory") {
    throw new UserError("path-unreadable", `${directory} cannot be listed.`, {
      details: listing.kind === "unreadable" ? [listing.why] : [],
    });
  }
  const found = discover(directory, listing.entries, layout);
  if (found !== null) return found;
  const sql = listing.entries.filter(({ name }) => name.toLowerCase().endsWith(".sql"));
  if (sql.length === 0) return null;
  if (only !== null) return alone([...only]);
  throw new UserError(
    "layout-unknown",
    `None of the ${sql.length} SQL files in ${directory} has the name of a migration.`,
    {
      details: [`Found: ${list(sql.slice(0, 3).map(({ name }) => name))}${sql.length > 3 ? ", …" : ""}.`],
      hint: `name them as a tool does (${layouts.map(({ id }) => examples[id]).join(" or ")}), or name one file to check it alone.`,
    },
  );
}

const examples: Readonly<Record<LayoutId, string>> = {
  "golang-migrate": "000001_create_users.up.sql",
  plain: "001_create_users.sql",
};

/** Files that are no migration of any layout, but that were asked for by name: judged by themselves, without a history. */
function alone(paths: readonly string[]): Discovered {
  const migrations = paths.map((path) => ({
    version: baseName(path).replace(/\.sql$/i, ""),
    name: "",
    up: path,
    down: null,
  }));
  return { directory: "", layout: "plain", migrations, problems: [], ignored: [] };
}

type Judge = (migration: Migration, path: string, direction: "up" | "down", catalog: MutableCatalog) => Promise<Judged>;

function judgeFor({ appliedBy }: Target, found: Discovered, { workspace, config, grammar }: JudgeContext): Judge {
  const layout = layoutOf(found.layout);
  const problems = byPath(found.problems);
  const model: TransactionModel = appliedBy === "tool" && layout.sendsWholeFile ? "one-string" : "lockkeeper";
  return async (migration, path, direction, catalog) => {
    const read = await readSql(path, workspace, grammar);
    const statements =
      read.script === null ? [] : gather(read.script, { catalog, set: newSet(), model, major: config.postgres });
    if (read.script === null) catalog.exact = false;
    const own = [...(problems.get(path) ?? [])];
    if (read.unreadable !== null) own.push({ kind: "unreadable", path, message: read.unreadable });
    const file: FileFacts = {
      path,
      migration,
      direction,
      layout,
      model,
      unreadable: read.unreadable,
      byteOrderMark: read.byteOrderMark,
      problems: own,
      statements,
      major: config.postgres,
    };
    return { file, findings: runRules(file, rules, config) };
  };
}

interface ReadFile {
  readonly script: Script | null;
  readonly unreadable: string | null;
  readonly byteOrderMark: boolean;
}

async function readSql(path: string, workspace: Workspace, grammar: () => Grammar): Promise<ReadFile> {
  const content = workspace.read(path);
  if (content.kind === "unreadable")
    return { script: null, unreadable: `${content.why}: nothing of it was read.`, byteOrderMark: false };
  const decoded = decode(content.bytes);
  if (decoded.kind === "not-text") return { script: null, unreadable: `${decoded.why}.`, byteOrderMark: false };
  return { script: await readScript(decoded.text, grammar()), unreadable: null, byteOrderMark: decoded.byteOrderMark };
}

/** The problems of files that are no script of any migration: each is shown, and counts, as a migration of its own. */
function strangers(target: Target, found: Discovered, config: Config): JudgedMigration[] {
  const scripts = new Set(found.migrations.flatMap(({ up, down }) => [up, down]));
  const judged: JudgedMigration[] = [];
  for (const [path, problems] of byPath(found.problems)) {
    if (scripts.has(path) || !isWanted(target, path)) continue;
    const unreadable = problems.find(({ kind }) => kind === "unreadable")?.message ?? null;
    const migration: Migration = { version: "", name: baseName(path), up: path, down: null };
    const file: FileFacts = {
      path,
      migration,
      direction: "up",
      layout: layoutOf(found.layout),
      model: "lockkeeper",
      unreadable,
      byteOrderMark: false,
      problems,
      statements: [],
      major: config.postgres,
    };
    judged.push(conclude({ file, findings: runRules(file, rules, config) }, null, config));
  }
  return judged;
}

function conclude(script: Judged, down: Judged | null, config: Config): JudgedMigration {
  const { risk, verdict } = decide(script, down, config.policy);
  return { script, down, risk, verdict, policy: config.policy[risk] };
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
