import type { Config } from "../config/config.ts";
import { Refusal } from "../errors.ts";
import { unknownCatalog } from "../facts/catalog-copy.ts";
import { newSet } from "../facts/session.ts";
import type { Discovered, Migration } from "../migrations/migration.ts";
import type { HistoryEntry } from "../migrations/standing.ts";
import type { BackMigration } from "../plan/back.ts";
import type { PlanDatabase } from "../plan/database.ts";
import { goneWith } from "../plan/gone.ts";
import type { Workspace } from "../ports.ts";
import { rules } from "../rules/index.ts";
import { activeRules, rulesFor } from "../rules/run.ts";
import { grammarFor, openGrammar } from "../sql/postgres.ts";
import { conclude, judgeFor } from "./judge-file.ts";
import { digestsIn } from "./migration-digests.ts";
import { dialect } from "./plan.ts";
import { readerOf } from "./reader.ts";

/** The down scripts of these, the newest first, judged on what is in the database. Throws Refusal where there is no way back. */
export async function judgeBack(
  { chosen, applied }: { readonly chosen: readonly HistoryEntry[]; readonly applied: readonly HistoryEntry[] },
  discovered: Discovered,
  on: { readonly workspace: Workspace; readonly config: Config; readonly database: PlanDatabase },
): Promise<readonly BackMigration[]> {
  const { workspace, config, database } = on;
  const opened = openGrammar(grammarFor(config.postgres));
  const grammar = () => opened;
  const judgeScript = judgeFor(discovered, "lockkeeper", {
    ...{ workspace, config, dialect },
    rules: rulesFor(dialect, activeRules(rules, config)),
    reader: await readerOf(dialect, { postgres: config.postgres, grammar }),
  });
  const catalog = await database.catalog(grammar);
  // What it found when it ran is not known any more.
  const goneBefore = async (migration: Migration): Promise<readonly string[]> => {
    if (migration.up === null) return [];
    const then = { catalog: unknownCatalog(), set: newSet(), how: "remembered" } as const;
    const { file } = await judgeScript({ migration, path: migration.up, direction: "up", ...then });
    return goneWith(file);
  };
  const set = newSet();
  const digest = digestsIn(workspace);
  const judged: BackMigration[] = [];
  for (const { migration, version, appliedAt } of chosen) {
    const path = migration?.down ?? null;
    if (migration === null || path === null) throw noWayBack(version, "has no down script");
    const script = await judgeScript({ migration, path, direction: "down", catalog, set, how: "judged" });
    const { file } = script;
    if (file.unreadable !== null) throw new Refusal("unreadable-file", `${path} ${file.unreadable}`);
    if (file.problems.some(({ kind }) => kind === "missing-down")) throw noWayBack(version, "has no down part");
    if (file.statements.length === 0) throw noWayBack(version, `has no statement in its down script ${path}`);
    const at = applied.findIndex((each) => each.version === version);
    const below = applied[at - 1]?.migration ?? null;
    const { risk, verdict, statements, findings } = conclude(script, null, config);
    const gone = await goneBefore(migration);
    judged.push({
      ...{ migration, script, gone, appliedAt, risk, verdict, statements, findings },
      digest: digest(migration) ?? "",
      below: below === null ? null : { version: below.version, name: below.name },
    });
  }
  return judged;
}

function noWayBack(version: string, why: string): Refusal {
  return new Refusal("no-way-back", `Migration ${version} ${why}: it cannot be taken back.`, {
    hint: "put things right with a new migration, or restore a backup into a new database.",
  });
}
