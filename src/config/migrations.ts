import {
  appliers,
  databases,
  defaultAppliedBy,
  defaultDialect,
  defaultLedger,
  type LedgerConfig,
  layouts,
  ledgers,
  type MigrationsConfig,
} from "./config.ts";
import { directoryProblem, tidyDirectory } from "./directory.ts";
import type { Path, Reading } from "./reading.ts";
import { quote } from "./words.ts";

/** The directories of migrations, each with how it is read and applied. */
export function readMigrations(reading: Reading, value: unknown): readonly MigrationsConfig[] {
  const path = ["migrations"];
  const entries = reading.list(path, value, 'a list, each entry with a directory ("- directory: db/migrations")') ?? [];
  if (Array.isArray(value) && value.length === 0) {
    reading.problem(path, "migrations is an empty list: name a directory, or leave the key out");
  }
  const seen = new Map<string, number>();
  return entries.flatMap((entry, index) => {
    const read = readDirectory(reading, entry, index);
    if (read === null) return [];
    const earlier = seen.get(read.directory);
    if (earlier !== undefined) {
      const line = reading.lineOf([...path, earlier, "directory"]);
      const message = `the directory ${quote(read.directory)} is named twice: line ${line} has it already`;
      reading.problem([...path, index, "directory"], message);
      return [];
    }
    seen.set(read.directory, index);
    return [read];
  });
}

const commandKeys = ["sql-command", "apply-command", "rollback-command", "rollback-sql-command"] as const;
const keys = ["directory", "layout", "applied-by", "dialect", "ledger", ...commandKeys];

function readDirectory(reading: Reading, value: unknown, index: number): MigrationsConfig | null {
  const path = ["migrations", index];
  const entry = reading.map(path, value, "a map with a directory (directory: db/migrations)");
  if (entry === null) return null;
  reading.unknownKeys(path, entry, keys);
  const layout = entry.has("layout") ? reading.choice([...path, "layout"], entry.get("layout"), layouts) : null;
  const appliedBy = entry.has("applied-by")
    ? reading.choice([...path, "applied-by"], entry.get("applied-by"), appliers)
    : defaultAppliedBy;
  const dialect = entry.has("dialect")
    ? reading.choice([...path, "dialect"], entry.get("dialect"), databases)
    : defaultDialect;
  if (appliedBy === "lockkeeper" && dialect !== null && dialect !== "postgresql") {
    const message = `applied-by is lockkeeper, which applies PostgreSQL alone: leave it out where dialect is ${dialect}`;
    reading.problem([...path, "applied-by"], message);
  }
  const ledger = entry.has("ledger") ? readLedger(reading, [...path, "ledger"], entry.get("ledger")) : defaultLedger;
  const commandOf = (key: (typeof commandKeys)[number]): string | null =>
    entry.has(key) ? readCommand(reading, [...path, key], entry.get(key)) : null;
  const commands = {
    sqlCommand: commandOf("sql-command"),
    applyCommand: commandOf("apply-command"),
    rollbackCommand: commandOf("rollback-command"),
    rollbackSqlCommand: commandOf("rollback-sql-command"),
  };
  readTogether(reading, path, entry, ledger);
  if (!entry.has("directory")) {
    reading.problem(path, `migrations entry ${index + 1} has no directory`);
    return null;
  }
  const place = [...path, "directory"];
  const directory = reading.text(place, entry.get("directory"), "the path of a directory, such as db/migrations");
  if (directory === null) return null;
  const problem = directoryProblem(directory);
  if (problem === null) {
    return {
      directory: tidyDirectory(directory),
      layout,
      appliedBy: appliedBy ?? defaultAppliedBy,
      dialect: dialect ?? defaultDialect,
      ledger,
      ...commands,
    };
  }
  reading.problem(place, problem);
  return null;
}

function readCommand(reading: Reading, path: Path, value: unknown): string | null {
  const command = reading.text(path, value, 'a command for the shell, such as "alembic upgrade head --sql"');
  if (command === null) return null;
  if (command.trim() !== "" && !command.includes("\0")) return command;
  const what = path.at(-1) === "sql-command" ? "what prints the SQL" : "one for the shell";
  reading.problem(path, `${path.at(-1)} is no command: write ${what}, or leave the key out`);
  return null;
}

/** The tools whose migrations are no SQL: without a command that prints it nobody sees what is applied. */
const programs: ReadonlySet<string | null> = new Set(["alembic", "django", "custom"]);

/** What the commands of a directory need beside them. */
function readTogether(reading: Reading, path: Path, entry: ReadonlyMap<string, unknown>, { tool }: LedgerConfig): void {
  const needs = (key: string, other: string, why: string): void => {
    if (entry.has(key) && !entry.has(other)) reading.problem([...path, key], `${key} needs ${other} beside it: ${why}`);
  };
  needs("rollback-command", "apply-command", "who goes back has gone on");
  needs("rollback-sql-command", "rollback-command", "nothing runs what it prints");
  if (!entry.has("apply-command")) return;
  const place = [...path, "apply-command"];
  if (programs.has(tool)) needs("apply-command", "sql-command", "without it nobody sees what is applied");
  if (entry.has("sql-command") && tool === null) {
    reading.problem(place, "apply-command needs ledger beside it, with its tool: how is it recorded what is applied?");
  }
  if (entry.get("applied-by") === "lockkeeper") {
    reading.problem(place, "apply-command stands beside applied-by: lockkeeper; only one of them can apply");
  }
  if (tool === "lockkeeper") {
    reading.problem(place, "apply-command stands beside ledger: lockkeeper, which no other tool writes");
  }
  if (entry.has("dialect") && entry.get("dialect") !== "postgresql") {
    reading.problem(place, "apply-command is for PostgreSQL alone");
  }
}

function readLedger(reading: Reading, path: Path, value: unknown): LedgerConfig {
  if (typeof value === "string") {
    const tool = reading.choice(path, value, ledgers);
    if (tool === "custom") {
      reading.problem(path, "a ledger of a tool that is not known here is written { table: schema.table, column: … }");
    }
    return { tool, table: null };
  }
  const ledger = reading.map(path, value, "the name of a tool, or { tool: …, table: … }");
  if (ledger === null) return defaultLedger;
  reading.unknownKeys(path, ledger, ["tool", "table", "column"]);
  const named = ledger.has("tool") ? reading.choice([...path, "tool"], ledger.get("tool"), ledgers) : null;
  const column = ledger.has("column") ? reading.text([...path, "column"], ledger.get("column"), "a column") : null;
  const tool = named ?? (column === null ? null : "custom");
  if (tool === "custom" && (column === null || !ledger.has("table"))) {
    reading.problem(path, "a ledger of a tool that is not known here needs its table, and the column with the version");
  }
  if (tool !== "custom" && ledger.has("column")) {
    reading.problem([...path, "column"], `column is for tools that are not known here: that of ${tool} is known`);
  }
  const place = [...path, "table"];
  const table = ledger.has("table") ? reading.text(place, ledger.get("table"), "a table with its schema") : null;
  if (table === null || /^[^.\s"][^."]*\.[^.\s"][^."]*$/.test(table)) {
    return { tool, table, ...(column === null ? {} : { column }) };
  }
  reading.problem(place, `${quote(table)} is no table with its schema: write schema.table, without quotes`);
  return { tool, table: null };
}
