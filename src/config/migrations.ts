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

function readDirectory(reading: Reading, value: unknown, index: number): MigrationsConfig | null {
  const path = ["migrations", index];
  const entry = reading.map(path, value, "a map with a directory (directory: db/migrations)");
  if (entry === null) return null;
  reading.unknownKeys(path, entry, ["directory", "layout", "applied-by", "dialect", "ledger", "sql-command"]);
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
  const sqlCommand = entry.has("sql-command")
    ? readCommand(reading, [...path, "sql-command"], entry.get("sql-command"))
    : null;
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
      sqlCommand,
    };
  }
  reading.problem(place, problem);
  return null;
}

function readCommand(reading: Reading, path: Path, value: unknown): string | null {
  const command = reading.text(path, value, 'a command for the shell, such as "alembic upgrade head --sql"');
  if (command === null) return null;
  if (command.trim() !== "" && !command.includes("\0")) return command;
  reading.problem(path, "sql-command is no command: write what prints the SQL, or leave the key out");
  return null;
}

function readLedger(reading: Reading, path: Path, value: unknown): LedgerConfig {
  if (typeof value === "string") return { tool: reading.choice(path, value, ledgers), table: null };
  const ledger = reading.map(path, value, "the name of a tool, or { tool: …, table: … }");
  if (ledger === null) return defaultLedger;
  reading.unknownKeys(path, ledger, ["tool", "table"]);
  const tool = ledger.has("tool") ? reading.choice([...path, "tool"], ledger.get("tool"), ledgers) : null;
  const place = [...path, "table"];
  const table = ledger.has("table") ? reading.text(place, ledger.get("table"), "a table with its schema") : null;
  if (table === null || /^[^.\s"][^."]*\.[^.\s"][^."]*$/.test(table)) return { tool, table };
  reading.problem(place, `${quote(table)} is no table with its schema: write schema.table, without quotes`);
  return { tool, table: null };
}
