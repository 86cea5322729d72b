import { oneOf } from "../commands/option-values.ts";
import { databaseUrl, readSettings, type Settings } from "../commands/settings.ts";
import type { SurveyRequest } from "../commands/survey.ts";
import { DatabaseError } from "../database/errors.ts";
import type { Session } from "../database/session.ts";
import { Refusal } from "../errors.ts";
import { type Allowance, planAllowances } from "../plan/problems.ts";
import type { Commands } from "../ports.ts";
import type { Planned } from "../report/forms.ts";
import type { DiskWorkspace } from "../workspace/workspace.ts";
import { asConfigWrites } from "./paths.ts";

/** The options that every command with a database takes, as they are written. */
export interface DatabaseOptions {
  readonly config?: string | undefined;
  readonly layout?: string | undefined;
  readonly environment?: string | undefined;
  readonly "database-url"?: string | undefined;
}

/** The options of `plan` and `status`. */
export interface PlanOptions extends DatabaseOptions {
  readonly "target-version"?: string | undefined;
  readonly "allow-out-of-order"?: boolean | undefined;
  readonly "allow-missing"?: boolean | undefined;
}

/** `plan`: what a deploy would do. Throws UserError where the request is wrong. */
export async function doPlan(paths: readonly string[], values: PlanOptions): Promise<Planned> {
  return withDatabase(values, async ({ workspace, settings, session, commands }) => {
    const [{ plan }, { reading }, { planReport, checkReport }, { readJournal }, resume] = await Promise.all([
      import("../commands/plan.ts"),
      import("../database/reader.ts"),
      import("../report/plan-report.ts"),
      import("../database/journal.ts"),
      import("../deploy/resume.ts"),
    ]);
    const request = await requestOf(paths, values);
    const made = await reading(session, async (database) => {
      // As migrate sees it: what was begun and stopped is taken up again.
      const resumed = resume.resumable(await readJournal(session));
      return plan(request, settings, { workspace, commands, database: resume.overlooking(resumed, database), resumed });
    });
    return { report: planReport(made), check: checkReport(made) };
  });
}

/** `status`: what is applied and what is not. Throws UserError where the request is wrong. */
export async function doStatus(paths: readonly string[], values: PlanOptions): Promise<Planned> {
  return withDatabase(values, async ({ workspace, settings, session, commands }) => {
    const [{ surveyOf }, { reading }, { statusReport }] = await Promise.all([
      import("../commands/survey.ts"),
      import("../database/reader.ts"),
      import("../report/plan-report.ts"),
    ]);
    const request = await requestOf(paths, values);
    const { survey } = await reading(session, (database) =>
      surveyOf(request, settings, { workspace, database, commands }),
    );
    return { report: statusReport(survey), check: null };
  });
}

/** What a command with a database works on. */
export interface WithDatabase {
  readonly workspace: DiskWorkspace;
  readonly settings: Settings;
  readonly session: Session;
  /** Runs the sql-command of a directory, without any of the job's secrets. */
  readonly commands: Commands;
}

/** How long a server that starts, or is full, is waited for by who only looks. */
const connectWaitMs = 5_000;

/** Reads the config, connects, does the work and disconnects. Throws UserError where the database is not named or cannot be reached. */
export async function withDatabase<T>(values: DatabaseOptions, work: (on: WithDatabase) => Promise<T>): Promise<T> {
  const [{ openWorkspace }, { openCommands }, { parseAddress }, { connectOrSay }] = await Promise.all([
    import("../workspace/workspace.ts"),
    import("../process/commands.ts"),
    import("../database/address.ts"),
    import("../database/connect.ts"),
  ]);
  const workspace = openWorkspace(process.cwd());
  const { config = null, environment = null } = values;
  const settings = await readSettings({ config, environment }, workspace);
  const url = databaseUrl(values["database-url"] ?? null, settings, process.env);
  const session = await connectOrSay(parseAddress(url, process.env), { name: "lockkeeper", waitMs: connectWaitMs });
  try {
    return await work({ workspace, settings, session, commands: openCommands(process.cwd(), process.env) });
  } catch (thrown) {
    throw thrown instanceof DatabaseError ? refusalOf(thrown) : thrown;
  } finally {
    await session.close();
  }
}

/** PostgreSQL's no to what only reads: a right that is missing, a table that somebody holds, a connection that is gone. */
function refusalOf({ message, sqlstate, lost }: DatabaseError): Refusal {
  const hint = lost
    ? "look at the server, then try again."
    : sqlstate === "55P03"
      ? "somebody holds the ledger: is a migration running? Try again when it has ended."
      : sqlstate === "42501"
        ? "GRANT the right to read it (USAGE on the schema, SELECT on the table) to the role that connects."
        : "look at what PostgreSQL says.";
  return new Refusal("database-refused", "The database did not answer what was asked of it.", {
    details: [`${message}${sqlstate === null ? "" : ` (${sqlstate})`}`],
    hint,
  });
}

/** What is asked for, from paths and options as they are written. */
export async function requestOf(paths: readonly string[], values: PlanOptions): Promise<SurveyRequest> {
  const { layouts } = await import("../config/config.ts");
  const allowed = new Set<Allowance>(planAllowances.filter((each) => values[each] === true));
  return {
    directories: paths.map(asConfigWrites),
    layout: values.layout === undefined ? null : oneOf("--layout", values.layout, layouts),
    targetVersion: values["target-version"] ?? null,
    allowed,
  };
}
