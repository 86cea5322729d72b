import { type Attempt, sameNumber } from "../plan/attempt.ts";
import type { LedgerChoice } from "../plan/database.ts";
import type { Refusal } from "../plan/deployed.ts";
import type { SurveyedDirectory } from "../plan/directory.ts";
import type { Plan, PlannedMigration } from "../plan/plan.ts";
import { scriptOf } from "../plan/scripts.ts";
import type { Job, Task } from "../plan/target.ts";
import { commandJobOf } from "./command-jobs.ts";

export { sameNumber as sameVersion } from "../plan/attempt.ts";

export type Jobs =
  | { readonly kind: "jobs"; readonly jobs: readonly Task[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Where jobs come from beside the plan. */
export interface JobSources {
  /** The bytes of a file of the project. */
  read(path: string): Uint8Array;
  /** Which ledger a directory has. */
  ledgerOf(directory: Pick<SurveyedDirectory, "directory" | "layout">): LedgerChoice;
}

/** The pending migrations as jobs, in their order; refused where one of them cannot be sent, or is not what was begun. */
export function jobsOf(
  plan: Plan,
  attempts: readonly Attempt[],
  { read, ledgerOf, lenient = false }: JobSources & { readonly lenient?: boolean },
): Jobs {
  const jobs: Task[] = [];
  const decided = decidedElsewhere(plan, attempts);
  // Who looks what to do about it is shown it all.
  if (decided !== null && !lenient) {
    return refuse(
      "unfinished-migration",
      `Version ${decided.version} was begun and not finished, and the ledger ${decided.ledger} counts it as applied: somebody has decided that beside Lockkeeper.`,
      "lockkeeper resolve shows what of it is in the database, and takes the decision into the journal.",
    );
  }
  for (const planned of plan.migrations) {
    const { migration, digest } = planned;
    const directory = plan.directories.find((each) => each.directory === planned.directory);
    if (directory === undefined || migration.up === null) continue;
    if (directory.program !== null) {
      // One run of the command does all that is pending in its directory.
      const isFirst = plan.migrations.find((each) => each.directory === planned.directory) === planned;
      if (isFirst) jobs.push(commandJobOf(plan, directory, ledgerOf(directory)));
      continue;
    }
    const prepared = scriptOf(planned.script.file, digest ?? "");
    if (prepared.kind === "refused") {
      const place = prepared.at === null ? prepared.path : `${prepared.path}:${prepared.at.line}`;
      return refuse("cannot-apply", `${place} cannot be applied: ${prepared.why}`, null);
    }
    const { script } = prepared;
    const attempt = attempts.find(
      (each) => each.ledger === directory.ledger.table && sameNumber(each.version, migration.version),
    );
    if (!lenient && attempt !== undefined && script.doneDigest(attempt.statement) !== attempt.doneDigest) {
      return refuse(
        "begun-migration-changed",
        `The first ${attempt.statement} statements of ${migration.up} have been applied, and the file now has others there.`,
        "put those statements back as they were and change only what comes after them, or decide with lockkeeper resolve.",
      );
    }
    jobs.push({
      script,
      ledger: ledgerOf(directory),
      file: { path: pathInside(migration.up, planned.directory), bytes: read(migration.up) },
      below: belowOf(planned, directory),
      planDigest: plan.digest,
      resume: attempt ?? null,
    });
  }
  return { kind: "jobs", jobs };
}

/** An attempt that stopped half-way at a version that the ledger takes for applied; null where there is none. */
function decidedElsewhere(plan: Plan, attempts: readonly Attempt[]): Attempt | null {
  for (const attempt of attempts) {
    const directory = plan.directories.find(({ ledger }) => ledger.table === attempt.ledger);
    // What came of a command is looked up in its own ledger.
    if (directory !== undefined && directory.program !== null) continue;
    const entry = directory?.entries.find(({ version }) => sameNumber(version, attempt.version));
    if (entry !== undefined && entry.standing !== "pending" && entry.standing !== "out-of-order") return attempt;
  }
  return null;
}

/** The newest migration that is applied when this one comes, by the order of the files. */
function belowOf({ migration }: PlannedMigration, { entries }: SurveyedDirectory): Job["below"] {
  const at = entries.findIndex((entry) => entry.migration?.up === migration.up);
  const before = entries.slice(0, Math.max(at, 0)).findLast((entry) => entry.migration !== null);
  return before?.migration == null ? null : { version: before.migration.version, name: before.migration.name };
}

/** A path from the directory of its migrations. */
export function pathInside(path: string, directory: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}

/** Jobs that there are none of. */
export function refuse(code: string, message: string, hint: string | null): Jobs {
  return { kind: "refused", refusal: { code, message, details: [], hint } };
}
