import { defaultAppliedBy, defaultLedger } from "../config/config.ts";
import { Refusal } from "../errors.ts";
import { layoutOf } from "../migrations/layouts/index.ts";
import type { LedgerMigration } from "../migrations/recorded.ts";
import type { BaselineDatabase } from "../plan/database.ts";
import type { Workspace } from "../ports.ts";
import { count } from "../text.ts";
import { digestsIn } from "./migration-digests.ts";
import type { Settings } from "./settings.ts";
import { type SurveyRequest, surveyOf } from "./survey.ts";

/** What was recorded. */
export interface Baseline {
  readonly directory: string;
  readonly table: string;
  /** In the order of the versions. */
  readonly versions: readonly string[];
}

/**
 * At adoption: records every migration up to a version as applied, without running it. Only where nothing is recorded yet. Throws
 * UserError.
 */
export async function baseline(
  request: SurveyRequest & { readonly targetVersion: string },
  settings: Settings,
  { workspace, database }: { readonly workspace: Workspace; readonly database: BaselineDatabase },
): Promise<Baseline> {
  const { survey } = await surveyOf({ ...request, withoutPrograms: true }, settings, { workspace, database });
  const [surveyed] = survey.directories;
  if (surveyed === undefined) throw new TypeError("A survey has a directory.");
  const { directory, layout, ledger } = surveyed;
  const { applied, upTo } = ledger.state;
  if (applied.length > 0 || upTo !== null) {
    throw new Refusal(
      "baseline-late",
      `${ledger.table} records ${count(Math.max(applied.length, 1), "migration")} already.`,
      {
        hint: "baseline is for the first time; lockkeeper resolve says of single migrations that they are applied.",
      },
    );
  }
  const unreadable = survey.problems.find(({ code }) => code === "unreadable-file" || code === "ledger-read-only");
  if (unreadable !== undefined) {
    throw new Refusal(unreadable.code, unreadable.message, { hint: unreadable.hint });
  }
  const digest = digestsIn(workspace);
  const migrations = survey.pending.map(({ migration }): LedgerMigration & { readonly digest: string } => {
    const { up, version, name } = migration;
    const content = up === null ? null : workspace.read(up);
    const checksum = content?.kind === "bytes" ? ledger.checksum(content.bytes) : null;
    const script = scriptIn(directory, up ?? "");
    return { version, name, script, checksum, executionMs: 0, digest: digest(migration) ?? "" };
  });
  const set = settings.config.migrations.find((each) => each.directory === directory);
  const choice = { layout: layoutOf(layout).id, appliedBy: set?.appliedBy ?? defaultAppliedBy };
  await database.record({ ...choice, config: set?.ledger ?? defaultLedger }, migrations);
  return { directory, table: ledger.table, versions: migrations.map(({ version }) => version) };
}

/** A script's path from the directory of its migrations, as Flyway records it. */
export function scriptIn(directory: string, path: string): string {
  return directory === "." ? path : path.slice(directory.length + 1);
}
