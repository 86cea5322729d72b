import { emptyCatalog, type MutableCatalog } from "../facts/catalog.ts";
import { copyCatalog, unknownCatalog } from "../facts/catalog-copy.ts";
import type { FileFacts } from "../facts/file.ts";
import { newSet, type SetState } from "../facts/session.ts";
import { baseName } from "../migrations/discover.ts";
import type { Discovered, Migration } from "../migrations/migration.ts";
import type { Tree } from "../ports.ts";
import type { ReportBuilder } from "../report/build.ts";
import { rulesFor } from "../rules/run.ts";
import type { Grammar } from "../sql/postgres.ts";
import { conclude, type FileContext, type Judge, judgeFor, judgeProblems } from "./judge-file.ts";
import { pendingSince } from "./pending.ts";
import { readerOf } from "./reader.ts";
import { find, isWanted, type Target } from "./target.ts";

export interface JudgeContext extends Omit<FileContext, "dialect" | "reader"> {
  /** Opened when the first file of PostgreSQL is read. */
  readonly grammar: () => Grammar;
  /** What counts as applied; null: nothing does. */
  readonly base: Tree | null;
  /** Takes each migration as soon as it is judged. */
  readonly report: ReportBuilder;
}

/** Judges what of a directory was asked for, and hands it to the report. False where there was nothing that could be asked for. */
export async function judgeDirectory(target: Target, context: JudgeContext): Promise<boolean> {
  const found = find(target, context.workspace);
  if (found === null) return false;
  const { base, config, grammar } = context;
  const { dialect } = target;
  const reader = await readerOf(dialect, { postgres: config.postgres, grammar });
  const its = { ...context, rules: rulesFor(dialect, context.rules), dialect, reader };
  return base === null ? judgeAll(target, found, its) : judgePending(target, found, { ...its, base });
}

type DirectoryContext = FileContext & Pick<JudgeContext, "report">;

/** Each migration alone, with the earlier ones as its history. */
async function judgeAll(target: Target, found: Discovered, context: DirectoryContext): Promise<boolean> {
  const judge = judgeFor(found, target.appliedBy, context);
  const catalog = emptyCatalog();
  // What a link or a pipe among the migrations would have done is not known.
  if (found.problems.some(({ kind }) => kind === "unreadable")) catalog.exact = false;
  const { report, config } = context;
  let judged = 0;
  const last = found.migrations.findLastIndex(({ up, down }) => isWanted(target, up) || isWanted(target, down));
  for (const migration of found.migrations.slice(0, last + 1)) {
    let up: FileFacts | null = null;
    if (migration.up !== null && !isWanted(target, migration.up)) {
      up = await remember(migration, { judge, catalog, report });
    } else if (migration.up !== null) {
      const wantsDownToo = target.only?.has(migration.down ?? "") === true;
      up = await judgeMigration(migration, { judge, catalog, set: newSet(), withDown: !wantsDownToo }, context);
      judged++;
    }
    // A down script that was asked for by its own path, or that stands alone, is judged as what it does when it runs.
    const asked = target.only?.has(migration.down ?? "") === true || (migration.up === null && target.only === null);
    if (migration.down !== null && asked) {
      await judgeWayBack(migration, { judge, catalog, up }, context);
      judged++;
    }
  }
  // What is no migration of the layout, but was asked for by its name, is judged by itself, without a history.
  const strays = straysOf(target, found);
  for (const path of strays) {
    const migration = { version: baseName(path).replace(/\.sql$/i, ""), name: "", up: path, down: null };
    const script = { migration, path, direction: "up", catalog: emptyCatalog(), set: newSet(), how: "judged" } as const;
    report.add(conclude(await judge(script), null, config));
    judged++;
  }
  const scripts = new Set([...found.migrations.flatMap(({ up, down }) => [up, down]), ...strays]);
  const others = found.problems.filter(({ path }) => !scripts.has(path) && isWanted(target, path));
  for (const judgement of judgeProblems(others, found.layout, context)) {
    report.add(judgement);
    judged++;
  }
  if (target.only === null && judged > 0) report.ignore(found.ignored);
  return judged > 0;
}

/** What is not in the base, as one set, with what is in the base as its history. */
async function judgePending(
  target: Target,
  found: Discovered,
  context: DirectoryContext & { readonly base: Tree },
): Promise<boolean> {
  const { base, workspace, report } = context;
  const now = await pendingSince(base, found, { target, workspace });
  const pending = now.pending.filter(({ up, down }) => isWanted(target, up) || isWanted(target, down));
  const waysBack = now.waysBack.filter(({ down }) => isWanted(target, down));
  const judged = new Set([...pending.flatMap(({ up, down }) => [up, down]), ...waysBack.map(({ down }) => down)]);
  const { appliedBy } = target;
  if (judged.size > 0) {
    const catalog = emptyCatalog();
    if (now.problems.some(({ kind }) => kind === "unreadable")) catalog.exact = false;
    const ofPast = judgeFor({ layout: found.layout, problems: [] }, appliedBy, { ...context, workspace: now.past });
    for (const migration of now.history) {
      if (migration.up !== null) await remember(migration, { judge: ofPast, catalog, report });
    }
    const judge = judgeFor({ layout: found.layout, problems: now.problems }, appliedBy, context);
    for (const migration of waysBack) await judgeWayBack(migration, { judge, catalog, up: null }, context);
    const set = newSet();
    for (const migration of pending) {
      if (migration.up === null) await judgeWayBack(migration, { judge, catalog, up: null }, context);
      else await judgeMigration(migration, { judge, catalog, set, withDown: true }, context);
    }
  }
  const others = now.problems.filter(({ path }) => !judged.has(path) && isWanted(target, path));
  for (const judgement of judgeProblems(others, found.layout, context)) report.add(judgement);
  return true;
}

interface Ongoing {
  readonly judge: Judge;
  /** As the migrations before it left it; takes in what this one does. */
  readonly catalog: MutableCatalog;
}

/** Takes a migration that is not judged into the history. */
async function remember(
  migration: Migration,
  { judge, catalog, report }: Ongoing & Pick<JudgeContext, "report">,
): Promise<FileFacts | null> {
  if (migration.up === null) return null;
  const script = { migration, path: migration.up, direction: "up", catalog, set: newSet(), how: "remembered" } as const;
  const { file } = await judge(script);
  if (file.unreadable !== null) report.historyUnread(migration.up);
  return file;
}

async function judgeMigration(
  migration: Migration,
  { judge, catalog, set, withDown }: Ongoing & { readonly set: SetState; readonly withDown: boolean },
  { report, config }: DirectoryContext,
): Promise<FileFacts | null> {
  const { up, down } = migration;
  if (up === null) return null;
  const script = await judge({ migration, path: up, direction: "up", catalog, set, how: "judged" });
  const wayBack =
    down === null || !withDown
      ? null
      : await judge({
          migration,
          path: down,
          direction: "down",
          // What will be there when it runs is not known today.
          catalog: unknownCatalog(),
          set: newSet(),
          up: script.file,
          how: "judged",
        });
  report.add(conclude(script, wayBack, config));
  return script.file;
}

/** Judges a down script as what it does when it runs. */
async function judgeWayBack(
  migration: Migration,
  { judge, catalog, up }: Ongoing & { readonly up: FileFacts | null },
  { report, config }: DirectoryContext,
): Promise<void> {
  if (migration.down === null) return;
  const at = { catalog: copyCatalog(catalog), set: newSet() };
  const script = { migration, path: migration.down, direction: "down", ...at, up, how: "asked" } as const;
  report.add(conclude(await judge(script), null, config));
}

function straysOf({ only }: Target, { migrations, problems }: Discovered): readonly string[] {
  const taken = new Set(migrations.flatMap(({ up, down }) => [up, down]));
  for (const { kind, path } of problems) if (kind === "unreadable") taken.add(path);
  return [...(only ?? [])].filter((path) => !taken.has(path));
}
