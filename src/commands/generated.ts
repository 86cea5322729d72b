import { UserError } from "../errors.ts";
import { emptyCatalog } from "../facts/catalog.ts";
import { newSet } from "../facts/session.ts";
import { generatedPath } from "../migrations/generated.ts";
import type { Commands, Workspace } from "../ports.ts";
import { rulesFor } from "../rules/run.ts";
import { printable } from "../text.ts";
import type { JudgeContext } from "./judge.ts";
import { conclude, judgeFor } from "./judge-file.ts";
import { readerOf } from "./reader.ts";
import type { Target } from "./target.ts";

/** The variable with the id of the commit that counts as applied. */
const baseVariable = "LOCKKEEPER_BASE";

/** Judges what a directory's command prints, as one migration without a history. Throws UserError where it prints nothing to go by. */
export async function judgeGenerated(
  target: Target & { readonly sqlCommand: string },
  context: JudgeContext & { readonly commands: Commands | null },
): Promise<void> {
  const { directory, dialect, sqlCommand } = target;
  const { base, config, grammar, commands, report } = context;
  if (commands === null) throw refused(target);
  const printed = await commands.run(sqlCommand, { [baseVariable]: base?.commit ?? "" });
  if (printed.kind === "failed") throw failed(target, printed.why, printed.said);
  const path = generatedPath(directory);
  const ledger = `${path}.ledger`;
  const workspace: Workspace = {
    ...context.workspace,
    read(asked) {
      if (asked === path) return { kind: "bytes", bytes: printed.bytes };
      return asked === ledger ? { kind: "bytes", bytes: Buffer.from(ledgerTable) } : context.workspace.read(asked);
    },
  };
  const reader = await readerOf(dialect, { postgres: config.postgres, grammar });
  const its = { ...context, workspace, rules: rulesFor(dialect, context.rules), dialect, reader };
  // What the tool prints is sent by psql or the like, and opens its own transactions.
  const judge = judgeFor({ layout: "plain", problems: [] }, "tool", { ...its, applier: "another program" });
  const migration = { version: "", name: directory, up: path, down: null };
  // What is applied already was not printed: nothing is known of what these statements find.
  const catalog = emptyCatalog();
  catalog.exact = false;
  const at = { migration, direction: "up", catalog, set: newSet() } as const;
  if (dialect === "postgresql" && onlyMovesLedger(Buffer.from(printed.bytes).toString("utf8"))) {
    await judge({ ...at, path: ledger, how: "remembered" });
    catalog.exact = false;
  }
  const script = await judge({ ...at, path, how: "judged" });
  const isEmpty = script.file.statements.length === 0 && script.file.unreadable === null;
  if (isEmpty && base === null) throw empty(target);
  report.add(conclude(script, null, config), { command: sqlCommand });
}

const ledgerTable = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);\n";
const version = "'[0-9A-Za-z_.-]+'";
const where = `WHERE alembic_version\\.version_num = ${version}`;
const moves = new RegExp(
  [
    `^UPDATE alembic_version SET version_num=${version} ${where};$`,
    `^DELETE FROM alembic_version ${where};$`,
    `^INSERT INTO alembic_version \\(version_num\\) VALUES \\(${version}\\)(?: RETURNING alembic_version\\.version_num)?;$`,
  ].join("|"),
  "gm",
);

/**
 * Whether all that is done to Alembic's ledger is what Alembic itself does after each migration: its one row is no data of the project, and
 * would ask for approval of every migration. Whatever else names that table is judged as that of any other.
 */
function onlyMovesLedger(sql: string): boolean {
  return sql.search(moves) >= 0 && !/alembic_version/i.test(sql.replaceAll(moves, ""));
}

type Told = Pick<Target, "directory"> & { readonly sqlCommand: string };

const mostLines = 5;
const longestLine = 300;

function shownCommand({ sqlCommand }: Told): string {
  return `Command: ${printable(sqlCommand.trim().replace(/\s+/g, " ").slice(0, longestLine))}`;
}

function failed(told: Told, why: string, said: string): UserError {
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== "");
  const last = lines.slice(-mostLines).map((line) => `  ${printable(line.slice(0, longestLine))}`);
  return new UserError("sql-command-failed", `The sql-command of ${told.directory} failed: nothing was judged.`, {
    details: [shownCommand(told), why, ...last],
    hint: "run it here by hand. It gets no secrets: no connection string and no token, so it must print SQL without a database.",
  });
}

function empty(told: Told): UserError {
  return new UserError(
    "sql-command-empty",
    `The sql-command of ${told.directory} printed no SQL: nothing was judged.`,
    {
      details: [shownCommand(told)],
      hint: "let it print the SQL on standard output. Only where a base is given can nothing be pending.",
    },
  );
}

function refused(told: Told): UserError {
  return new UserError("sql-command-refused", `The sql-command of ${told.directory} is not run here.`, {
    details: [shownCommand(told), "It runs code of the change, and this event hands secrets to the job."],
    hint: "check in a job of the event pull_request, without secrets and with read permissions only.",
  });
}
