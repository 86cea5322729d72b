import { resumable } from "../deploy/resume.ts";
import { Refusal } from "../errors.ts";
import { layoutOf } from "../migrations/layouts/index.ts";
import type { Script } from "../plan/script.ts";
import type { Target } from "../plan/target.ts";
import type { Workspace } from "../ports.ts";
import { sourcesOf } from "./migrate.ts";
import type { Settings } from "./settings.ts";
import { type SurveyRequest, surveyOf } from "./survey.ts";

/** What was forced. */
export interface Forced {
  readonly version: string;
  readonly table: string;
}

/**
 * Sets golang-migrate's ledger to a version without running anything, as its `force` does: not dirty, and everything up to it applied.
 * What the journal has as unfinished is settled by it. Throws UserError.
 */
export async function force(
  request: SurveyRequest & { readonly targetVersion: string },
  settings: Settings,
  { workspace, target }: { readonly workspace: Workspace; readonly target: Target },
): Promise<Forced> {
  const { survey } = await surveyOf({ ...request, targetVersion: null, withoutPrograms: true }, settings, {
    workspace,
    database: target.database,
  });
  const { targetVersion } = request;
  const [surveyed] = survey.directories;
  if (surveyed === undefined || survey.directories.length > 1) {
    throw new Refusal("force-one-directory", "force works on one directory of migrations.", { hint: "name it." });
  }
  const { directory, layout, ledger, entries } = surveyed;
  if (ledger.id !== "golang-migrate") {
    throw new Refusal(
      "force-other-ledger",
      `${ledger.table} is a ledger of ${ledger.id}, which keeps a row for each version.`,
      {
        hint: "force is for golang-migrate's one row; lockkeeper resolve says of one migration that it is applied or not.",
      },
    );
  }
  const order = layoutOf(layout).order;
  const entry = /^\d+$/.test(targetVersion)
    ? entries.find(({ version }) => order(version) === order(targetVersion))
    : undefined;
  const up = entry?.migration?.up ?? null;
  if (entry?.migration == null || up === null) {
    throw new Refusal("force-unknown-version", `There is no migration ${targetVersion} in ${directory}.`, {
      hint: "lockkeeper status lists the versions.",
    });
  }
  const { version, name } = entry.migration;
  const { read, ledgerOf } = sourcesOf(settings, workspace);
  const script: Script = {
    ...{ version, name, path: up, digest: "", parts: [], statements: 0 },
    direction: "up",
    ...{ maxBlockingMs: null, leavesTraces: false, doneDigest: () => null },
  };
  const attempts = resumable(await target.attempts()).filter((each) => each.ledger === ledger.table);
  const job = {
    script,
    ledger: ledgerOf(surveyed),
    file: { path: up, bytes: read(up) },
    below: null,
    planDigest: null,
    resume: null,
  };
  await target.decide(job, { kind: "applied" });
  for (const attempt of attempts) await target.settle(attempt, `forced to ${version}`);
  return { version, table: ledger.table };
}
