import { type Baseline, baseline } from "../commands/baseline.ts";
import { DatabaseError } from "../database/errors.ts";
import { takeLock } from "../database/lock.ts";
import { identityOf, readerOf } from "../database/reader.ts";
import { type Known, recordApplied } from "../database/record.ts";
import type { Session } from "../database/session.ts";
import { Refusal, UserError } from "../errors.ts";
import { version } from "../help.ts";
import type { LedgerChoice } from "../plan/database.ts";
import { contextOf } from "./context.ts";
import { type DatabaseOptions, requestOf, withDatabase } from "./plan.ts";

/** The options of `baseline`. */
export interface BaselineOptions extends DatabaseOptions {
  readonly "target-version"?: string | undefined;
}

/** How long another runner is waited for. */
const lockWaitMs = 10_000;

/** `baseline`: records what is applied already. Throws UserError. */
export async function doBaseline(paths: readonly string[], values: BaselineOptions): Promise<Baseline> {
  const targetVersion = values["target-version"];
  if (targetVersion === undefined) {
    throw new UserError("option-missing", "lockkeeper baseline needs --target-version.", {
      details: ["It records every migration up to that version as applied, and runs none of them."],
      hint: "find out which is the last that the database has, and name it.",
    });
  }
  return withDatabase(values, async ({ workspace, settings, session }) => {
    const request = { ...(await requestOf(paths, values)), targetVersion };
    await lock(session);
    const { systemIdentifier } = await identityOf(session);
    const environment = settings.environment.name;
    const run = { planDigest: null, backupId: null, environment, systemIdentifier, ...contextOf(process.env) };
    const database = {
      ...readerOf(session),
      record: (choice: LedgerChoice, migrations: readonly Known[]) =>
        recordApplied(session, choice, { migrations, run, runner: version() }).catch(denied),
    };
    return baseline(request, settings, { workspace, database });
  });
}

/** Another runner may be applying what would be recorded. */
async function lock(session: Session): Promise<void> {
  const signal = new AbortController().signal;
  const answer = await takeLock(session, { which: "apply", waitMs: lockWaitMs, signal, onWait: () => undefined });
  if (answer.kind === "taken") return;
  const by = answer.by === null ? "" : ` (pid ${answer.by.pid})`;
  throw new Refusal("runner-busy", `Another runner of Lockkeeper is at work in this database${by}.`, {
    hint: "wait until it has ended, then look at lockkeeper status.",
  });
}

function denied(error: unknown): never {
  if (!(error instanceof DatabaseError)) throw error;
  throw new Refusal("ledger-not-written", "The ledger could not be written; nothing was recorded.", {
    details: [`${error.message}${error.sqlstate === null ? "" : ` (${error.sqlstate})`}`],
    hint: "connect as a role that may make and write the ledger's table.",
  });
}
