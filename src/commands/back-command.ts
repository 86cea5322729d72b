import type { Config } from "../config/config.ts";
import { Refusal } from "../errors.ts";
import type { FileFacts } from "../facts/file.ts";
import { newSet } from "../facts/session.ts";
import { generatedBackPath, generatedPath } from "../migrations/generated.ts";
import { layoutOf } from "../migrations/layouts/index.ts";
import type { Migration } from "../migrations/migration.ts";
import type { HistoryEntry } from "../migrations/standing.ts";
import type { BackAsked, BackMigration } from "../plan/back.ts";
import type { PlanDatabase } from "../plan/database.ts";
import { migrationDigest, scriptDigest } from "../plan/digest.ts";
import type { SurveyedDirectory } from "../plan/directory.ts";
import { type Losable, type Loss, losableIn } from "../plan/losses.ts";
import { type Program, versionsIn } from "../plan/program.ts";
import type { Workspace } from "../ports.ts";
import { rules } from "../rules/index.ts";
import { activeRules, rulesFor } from "../rules/run.ts";
import { grammarFor, openGrammar } from "../sql/postgres.ts";
import { overlookLedger } from "./alembic-ledger.ts";
import type { HowFar } from "./back-choice.ts";
import { conclude, judgeFor } from "./judge-file.ts";
import { dialect } from "./plan.ts";
import { refuseUntold, withPrinted } from "./programs.ts";
import { readerOf } from "./reader.ts";

/** What the command of a directory is asked; null where Lockkeeper goes back itself. Throws Refusal where there is no command, or no person. */
export function askedOf({ directory, program }: SurveyedDirectory, howFar: HowFar): BackAsked | null {
  if (program === null) return null;
  if (program.rollbackCommand === null) {
    throw new Refusal("no-way-back", `${directory} has an apply-command, and no rollback-command.`, {
      hint: "say in the config how its tool goes back, or put things right with a new migration.",
    });
  }
  switch (howFar.kind) {
    case "steps":
      return { steps: howFar.steps, targetVersion: null };
    case "version":
      refuseUntold({ key: "rollback-command", command: program.rollbackCommand }, howFar.version);
      return { steps: null, targetVersion: howFar.version };
    case "versions":
    case "last-run":
      throw new Refusal(
        "automatic-command",
        `${directory} is taken back by its rollback-command, and never by itself.`,
        {
          hint: "look at it with lockkeeper rollback --steps N --dry-run, and go back by hand.",
        },
      );
  }
}

export interface CommandBack {
  readonly directory: SurveyedDirectory;
  readonly asked: BackAsked;
  /** The files that are taken back, the newest first; none where migrations are programs. */
  readonly chosen: readonly HistoryEntry[];
}

/** What a command would take back. */
export interface JudgedBack {
  readonly path: string;
  readonly migrations: readonly BackMigration[];
  readonly way: { readonly from: string | null; readonly to: string | null };
  /** What its SQL may lose; null where nothing prints it. */
  readonly losable: readonly Losable[] | null;
}

/** Judges what rollback-sql-command prints; where there is none, the command is opaque: nobody knows what it does before it is done. */
export async function judgeCommandBack(
  { directory: surveyed, asked, chosen }: CommandBack,
  on: { readonly workspace: Workspace; readonly config: Config; readonly database: PlanDatabase },
): Promise<JudgedBack> {
  const { directory, program, ledger } = surveyed;
  if (program === null) throw new TypeError(`${directory} has no command.`);
  const way = wayOf(surveyed, { asked, chosen });
  if (program.rollbackSqlCommand === null) return opaque({ ...way, surveyed, program }, { asked, chosen }, on.config);
  const { config, database } = on;
  const printed = await program.print({ direction: "down", applied: ledger.state.applied, ...asked });
  if (printed.isEmpty) {
    throw new Refusal("nothing-to-take-back", `The rollback-sql-command of ${directory} prints nothing to take back.`, {
      hint: "lockkeeper status shows what is applied.",
    });
  }
  const workspace = withPrinted(on.workspace, [printed]);
  const opened = openGrammar(grammarFor(config.postgres));
  const grammar = () => opened;
  const context = {
    ...{ workspace, config, dialect, applier: "another program" },
    rules: rulesFor(dialect, activeRules(rules, config)),
    reader: await readerOf(dialect, { postgres: config.postgres, grammar }),
  };
  const catalog = await database.catalog(grammar);
  const set = newSet();
  const { path } = printed;
  const migration = migrationOf(directory, way.from, path);
  const overlooked = await overlookLedger({ migration, path, direction: "down", catalog, set }, context);
  const judge = judgeFor({ layout: "plain", problems: [] }, "tool", context);
  const script = await judge({ migration, path, direction: "down", catalog, set, how: "judged" });
  if (script.file.unreadable !== null) throw new Refusal("unreadable-file", `${path} ${script.file.unreadable}`);
  const { risk, verdict, statements, findings } = conclude(script, null, config);
  const digest = migrationDigest({ up: undefined, down: script.digest }) ?? "";
  const back = {
    script,
    digest,
    printed: printed.bytes,
    gone: [],
    appliedAt: null,
    below: way.below,
    risk,
    verdict,
    statements,
    findings,
  };
  const losable = losableIn([{ path, statements: script.file.statements }]);
  return {
    ...{ path, way },
    // Of several files one text was printed: it is shown once, and each is looked for in the ledger.
    migrations: chosen.length === 0 ? [{ ...back, migration }] : chosen.map((entry, i) => ofEntry(entry, i, back)),
    losable: overlooked ? losable.filter(({ table }) => table?.name !== "alembic_version") : losable,
  };
}

function ofEntry(
  { version, migration, appliedAt }: HistoryEntry,
  i: number,
  back: Omit<BackMigration, "migration">,
): BackMigration {
  const named = migration ?? { version, name: version, up: null, down: null };
  if (i === 0) return { ...back, migration: named, appliedAt };
  const file = { ...back.script.file, statements: [] };
  return {
    ...back,
    printed: null,
    migration: named,
    appliedAt,
    script: { file, findings: [] },
    statements: [],
    findings: [],
  };
}

/** Nobody knows what it does: as much risk as what cannot be read, and everything may be lost. */
function opaque(
  of: Way & { readonly surveyed: SurveyedDirectory; readonly program: Program },
  { asked, chosen }: Pick<CommandBack, "asked" | "chosen">,
  { postgres }: Config,
): JudgedBack {
  const { surveyed, program, from, to, below } = of;
  const { directory, layout, ledger } = surveyed;
  const path = generatedBackPath(directory, false);
  const does = [program.rollbackCommand, asked.steps, asked.targetVersion, ...versionsIn(ledger.state)];
  const digest = migrationDigest({ up: undefined, down: scriptDigest(does.join("\n")) }) ?? "";
  const migration = migrationOf(directory, from, path);
  const file: FileFacts = {
    ...{ path, migration, direction: "down", up: null, layout: layoutOf(layout), model: "lockkeeper", dialect },
    ...{ appliedBy: "another program", unreadable: null, byteOrderMark: false, problems: [], statements: [] },
    ...{ directives: [], major: postgres },
  };
  const back: Omit<BackMigration, "migration"> = {
    ...{ script: { file, findings: [] }, digest, below, gone: [], appliedAt: null },
    risk: "high",
    ...{ verdict: { outcome: "needs-approval", because: [] }, statements: [], findings: [] },
  };
  return {
    path,
    migrations: chosen.length === 0 ? [{ ...back, migration }] : chosen.map((entry, i) => ofEntry(entry, i, back)),
    way: { from, to },
    losable: null,
  };
}

/** What nobody can count: it is confirmed by the name of its directory. */
export function untoldLoss({ path }: JudgedBack): Loss {
  const name = path.replace(/ \([a-z-]+\)$/, "");
  const why = "no rollback-sql-command prints what its rollback-command does";
  return {
    ...{ name, path, line: 1, what: "untold", table: null, column: null },
    rows: null,
    orMore: false,
    why,
    guard: null,
  };
}

interface Way {
  readonly from: string | null;
  readonly to: string | null;
  readonly below: BackMigration["below"];
}

/** From where to where, as far as it is known before. Throws Refusal where that is no way back. */
function wayOf(
  { directory, ledger, entries }: SurveyedDirectory,
  { asked, chosen }: Pick<CommandBack, "asked" | "chosen">,
): Way {
  const { steps, targetVersion } = asked;
  const applied = versionsIn(ledger.state);
  if (applied.length === 0) {
    throw new Refusal("nothing-to-take-back", `${ledger.table} has nothing of ${directory} as applied.`, {
      hint: "lockkeeper status shows what is applied.",
    });
  }
  // Alembic's rows are the heads alone; others have a row for each version.
  const from = ledger.id === "alembic" ? applied.join("+") : (applied.at(-1) ?? null);
  if (targetVersion !== null && targetVersion === from) {
    throw new Refusal(
      "target-not-below",
      `Version ${targetVersion} is not below the current version, which is ${from}.`,
      {
        hint: "name one that is; lockkeeper migrate goes on to a version.",
      },
    );
  }
  const last = entries.findIndex(({ version }) => version === chosen.at(-1)?.version);
  const known = last > 0 ? entries[last - 1]?.version : undefined;
  const to = targetVersion ?? known ?? (steps === null || chosen.length > 0 ? null : `${steps} before ${from}`);
  return { from, to, below: to === null || to === "0" ? null : { version: to, name: to } };
}

function migrationOf(directory: string, version: string | null, path: string): Migration {
  return { version: version ?? "", name: directory, up: generatedPath(directory), down: path };
}
