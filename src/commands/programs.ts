import type { MigrationsConfig } from "../config/config.ts";
import { Refusal, UserError } from "../errors.ts";
import { generatedBackPath, generatedPath } from "../migrations/generated.ts";
import type { Discovered, Migration } from "../migrations/migration.ts";
import type { HistoryEntry } from "../migrations/standing.ts";
import type { LedgerReading } from "../plan/database.ts";
import { migrationDigest, scriptDigest } from "../plan/digest.ts";
import type { SurveyedDirectory } from "../plan/directory.ts";
import { type PrintedSql, type Program, variablesFor } from "../plan/program.ts";
import type { Commands, Workspace } from "../ports.ts";
import { decode } from "../sql/decode.ts";
import { split } from "../sql/split.ts";
import { baseVariable } from "./generated.ts";
import { commandFailed, commandRefused } from "./printed-errors.ts";

/** What is needed to ask a command of the project what it would do. */
export interface Asking {
  readonly commands: Commands | null;
  readonly environment: string | null;
}

/** How a command applies the migrations of a directory; null where none does. */
export function programOf(
  set: MigrationsConfig | undefined,
  recordedAs: Program["recordedAs"],
  { commands, environment }: Asking,
): Program | null {
  const { directory = "", applyCommand = null, rollbackCommand = null } = set ?? {};
  const { sqlCommand = null, rollbackSqlCommand = null } = set ?? {};
  if (applyCommand === null) return null;
  return {
    ...{ applyCommand, rollbackCommand, sqlCommand, rollbackSqlCommand, recordedAs },
    async print({ direction, ...asked }) {
      const [key, command] =
        direction === "up"
          ? (["sql-command", sqlCommand] as const)
          : (["rollback-sql-command", rollbackSqlCommand] as const);
      if (command === null) throw new TypeError(`${directory} has no ${key}.`);
      const told = { directory, key, command };
      if (commands === null) throw commandRefused(told);
      refuseUntold({ key, command }, asked.targetVersion);
      const variables = { ...variablesFor(asked, environment), [baseVariable]: "" };
      const printed = await commands.run(command, variables);
      if (printed.kind === "failed") throw commandFailed(told, printed.why, printed.said);
      const path = direction === "up" ? generatedPath(directory) : generatedBackPath(directory, true);
      return { path, bytes: printed.bytes, isEmpty: isEmpty(printed.bytes) };
    },
  };
}

const targetVariable = "LOCKKEEPER_TARGET_VERSION";

/** A command that does not look how far to go would go further than was asked for. Throws Refusal. */
export function refuseUntold(
  { key, command }: { readonly key: string; readonly command: string },
  targetVersion: string | null,
): void {
  if (targetVersion === null || command.includes(targetVariable)) return;
  throw new Refusal("target-not-told", `${key} does not look at ${targetVariable}: it would go as far as it can.`, {
    hint: `write the variable into the command, or leave --target-version out.`,
  });
}

/** Whether there is nothing in it but transactions and settings: Alembic prints BEGIN and COMMIT where nothing is pending. */
function isEmpty(bytes: Uint8Array): boolean {
  const decoded = decode(bytes);
  if (decoded.kind !== "text") return false;
  for (const { kind, start, end } of split(decoded.text)) {
    if (kind !== "statement" || !idle.test(decoded.text.slice(start, end))) return false;
  }
  return true;
}

const idle = /^(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|SET|RESET)\b[^;]*$/i;

/** The SQL that a command has printed, as the one migration of its directory. */
export function printedMigration(directory: string, { path, bytes }: PrintedSql): Migration {
  const decoded = decode(bytes);
  const text = decoded.kind === "text" ? scriptDigest(decoded.text) : null;
  const digest = migrationDigest({ up: text, down: undefined });
  // Which versions it leads to is known to the tool alone: until it has run, it is called by what it would do.
  const version = `generated-${(digest ?? "unread").slice(0, 12)}`;
  return { version, name: directory, up: path, down: null };
}

/** A directory whose migrations are programs: what its ledger has, and what its command says is pending. */
export async function surveyProgram(
  { directory, layout }: Pick<Discovered, "directory" | "layout">,
  program: Program,
  asked: { readonly ledger: LedgerReading; readonly targetVersion: string | null; readonly onlyApplied: boolean },
): Promise<{ readonly surveyed: SurveyedDirectory; readonly printed: PrintedSql | null }> {
  const { ledger, targetVersion, onlyApplied } = asked;
  refuseUntold({ key: "apply-command", command: program.applyCommand }, targetVersion);
  const { applied } = ledger.state;
  const entries: HistoryEntry[] = applied.map(({ version, appliedAt }) => {
    return { version, standing: "applied", migration: null, appliedAt, changed: null, again: false };
  });
  const surveyed = { directory, layout, ledger, program, entries };
  if (onlyApplied) return { surveyed, printed: null };
  const printed = await program.print({ direction: "up", applied, targetVersion, steps: null });
  const migration = printedMigration(directory, printed);
  if (!printed.isEmpty) {
    const { version } = migration;
    entries.push({ version, standing: "pending", migration, appliedAt: null, changed: null, again: false });
  }
  return { surveyed, printed };
}

/** The files, and what commands have printed beside them. */
export function withPrinted(workspace: Workspace, printed: readonly PrintedSql[]): Workspace {
  if (printed.length === 0) return workspace;
  return {
    ...workspace,
    read(path) {
      const found = printed.find((each) => each.path === path);
      return found === undefined ? workspace.read(path) : { kind: "bytes", bytes: found.bytes };
    },
  };
}

/** A directory that its own tool deploys, for a command that works on Lockkeeper's own attempts. */
export function leftToItsTool(directory: string): UserError {
  return new UserError(
    "apply-command-decides",
    `${directory} has an apply-command: its own tool knows how far it came.`,
    {
      details: ["What Lockkeeper would write into the tool's ledger or take for done, the tool would not know."],
      hint: "put it right with the tool itself (alembic stamp, prisma migrate resolve, …), then look at lockkeeper plan.",
    },
  );
}
