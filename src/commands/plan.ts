import { type Config, type Database, defaultPolicy, postgresVersions } from "../config/config.ts";
import { UserError } from "../errors.ts";
import { emptyCatalog } from "../facts/catalog.ts";
import { unknownCatalog } from "../facts/catalog-copy.ts";
import { newSet } from "../facts/session.ts";
import type { Discovered } from "../migrations/migration.ts";
import { type Attempt, sameNumber } from "../plan/attempt.ts";
import type { ServerIdentity } from "../plan/database.ts";
import { type JudgedMigration, type Plan, planOf } from "../plan/plan.ts";
import { goingOn } from "../plan/resumed.ts";
import type { Survey } from "../plan/survey.ts";
import { rules } from "../rules/index.ts";
import { activeRules, rulesFor } from "../rules/run.ts";
import { grammarFor, openGrammar } from "../sql/postgres.ts";
import { overlookLedger } from "./alembic-ledger.ts";
import { conclude, judgeFor } from "./judge-file.ts";
import { withPrinted } from "./programs.ts";
import { readerOf } from "./reader.ts";
import type { Settings } from "./settings.ts";
import { type SurveyPorts, type SurveyRequest, surveyOf } from "./survey.ts";

export interface PlanPorts extends SurveyPorts {
  /** Attempts that stopped inside a script, which a deploy takes up again; the database overlooks them. */
  readonly resumed?: readonly Attempt[];
}

/** What a deploy would do now: files × ledger → pending, judged as one set with the database as it is. Throws UserError. */
export async function plan(request: SurveyRequest, settings: Settings, ports: PlanPorts): Promise<Plan> {
  const { survey, found } = await surveyOf(request, settings, ports);
  const { policy } = settings.config;
  // What reports only lets everything pass; what is certain to fail is not run all the same.
  const failOn = policy.failOn === "never" ? defaultPolicy.failOn : policy.failOn;
  const config = { ...settings.config, postgres: versionOf(survey.server), policy: { ...policy, failOn } };
  // Without a ledger everything is pending by name, and most of it is there: what would fail then explains nothing.
  const isKnown = !survey.problems.some(({ code }) => code === "no-ledger");
  const workspace = withPrinted(ports.workspace, survey.printed);
  const judged = isKnown ? await judge(survey, found, config, { ...ports, workspace }) : [];
  const sizes = survey.pending.length === 0 ? new Map() : await ports.database.sizes();
  return planOf(survey, judged, { policy: config.policy, sizes });
}

/** The only database that Lockkeeper deploys to. */
export const dialect: Database = "postgresql";

/** As Lockkeeper runs them, one after the other, on what is in the database. */
async function judge(
  { pending, directories }: Survey,
  found: ReadonlyMap<string, Discovered>,
  config: Config,
  { workspace, database, resumed = [] }: PlanPorts,
): Promise<JudgedMigration[]> {
  const grammar = (() => {
    const opened = openGrammar(grammarFor(config.postgres));
    return () => opened;
  })();
  const reader = await readerOf(dialect, { postgres: config.postgres, grammar });
  const context = { workspace, config, rules: rulesFor(dialect, activeRules(rules, config)), dialect, reader };
  const catalog = pending.length === 0 ? emptyCatalog() : await database.catalog(grammar);
  const set = newSet();
  const judged: JudgedMigration[] = [];
  // Made once for each: it goes through all that is wrong with the files of a directory.
  const programOf = (directory: string) => directories.find((each) => each.directory === directory)?.program ?? null;
  const judges = new Map(
    [...found].map(([directory, each]) => {
      const program = programOf(directory);
      const applier = program?.sqlCommand == null ? {} : { applier: "another program" };
      return [directory, judgeFor(each, program === null ? "lockkeeper" : "tool", { ...context, ...applier })];
    }),
  );
  for (const each of pending) {
    const { migration, directory } = each;
    const judgeScript = judges.get(directory);
    if (migration.up === null || judgeScript === undefined) continue;
    const program = programOf(directory);
    if (program?.sqlCommand != null)
      await overlookLedger({ migration, path: migration.up, direction: "up", catalog, set }, context);
    const whole = await judgeScript({ migration, path: migration.up, direction: "up", catalog, set, how: "judged" });
    const table = directories.find((each) => each.directory === directory)?.ledger.table;
    const attempt = resumed.find(({ ledger, version }) => ledger === table && sameNumber(version, migration.version));
    const script = attempt === undefined ? whole : goingOn(whole, attempt);
    const down =
      migration.down === null
        ? null
        : await judgeScript({
            migration,
            path: migration.down,
            direction: "down",
            // What will be there when it runs is not known today.
            catalog: unknownCatalog(),
            set: newSet(),
            up: script.file,
            how: "judged",
          });
    const { risk, verdict, statements, findings } = conclude(script, down, config);
    judged.push({ ...each, script, down, risk, verdict, statements, findings });
  }
  return judged;
}

/** The major version of a server, where it is known what it does. Throws UserError. */
export function versionOf({ major, version }: ServerIdentity): Config["postgres"] {
  const known = postgresVersions.find((each) => each === major);
  if (known !== undefined) return known;
  throw new UserError(
    "server-version-unknown",
    `The server is PostgreSQL ${version}, which this Lockkeeper does not know.`,
    {
      details: [`It knows ${postgresVersions.join(", ")}.`],
      hint: "what the migrations would do there cannot be told: update Lockkeeper, or the server.",
    },
  );
}
