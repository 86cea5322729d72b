import { createHash } from "node:crypto";
import { quoteIdentifier } from "../../sql/names.ts";
import { dateOrNull, flag, type Row, text } from "../rows.ts";
import { type Definition, readOnly } from "./definition.ts";
import type { AppliedVersion } from "./ledger.ts";

/** goose: the newest row of a version says whether it is applied; version 0 is the table's own beginning (goose, internal/dialects/postgres.go). */
const goose = readOnly(
  "goose",
  {
    tool: "goose",
    schema: null,
    name: "goose_db_version",
    columns: ["id", "version_id", "is_applied", "tstamp"],
    without: [],
  },
  {
    columns: "version_id, is_applied, tstamp",
    order: "id",
    state(rows) {
      const applied = new Map<string, AppliedVersion>();
      for (const row of rows) {
        const version = text(row, "version_id");
        applied.delete(version);
        if (flag(row, "is_applied") && version !== "0")
          applied.set(version, { version, name: null, checksum: null, appliedAt: dateOrNull(row, "tstamp") });
      }
      return { applied: [...applied.values()] };
    },
  },
);

/** sqlx: one row a version with the SHA-384 of its script; success is false where one has failed (sqlx-postgres, migrate.rs). */
const sqlx = readOnly(
  "sqlx",
  {
    tool: "sqlx",
    schema: null,
    name: "_sqlx_migrations",
    columns: ["version", "description", "installed_on", "success", "checksum", "execution_time"],
    without: [],
  },
  {
    columns: "version, description, installed_on, success, encode(checksum, 'hex') AS checksum",
    order: "version",
    state: (rows) => ({
      applied: rows
        .filter((row) => flag(row, "success"))
        .map((row) => ({
          version: text(row, "version"),
          name: text(row, "description"),
          checksum: text(row, "checksum"),
          appliedAt: dateOrNull(row, "installed_on"),
        })),
      dirty: first(rows, (row) => !flag(row, "success"), "version"),
    }),
    checksum: (script) => createHash("sha384").update(script).digest("hex"),
  },
);

/** diesel: one row a version, without the hyphens of the directory's name (diesel, migration::CREATE_MIGRATIONS_TABLE). */
const diesel = readOnly(
  "diesel",
  {
    tool: "diesel",
    schema: null,
    name: "__diesel_schema_migrations",
    columns: ["version", "run_on"],
    without: [],
  },
  {
    columns: "version, run_on",
    order: "run_on, version",
    state: (rows) => ({ applied: rows.map(by("version", "run_on")) }),
  },
);

/** Prisma: one row an attempt; finished and not rolled back is applied, neither is a failure that it waits for somebody to resolve. */
const prisma = readOnly(
  "prisma",
  {
    tool: "Prisma",
    schema: null,
    name: "_prisma_migrations",
    columns: [
      "id",
      "checksum",
      "finished_at",
      "migration_name",
      "logs",
      "rolled_back_at",
      "started_at",
      "applied_steps_count",
    ],
    without: [],
  },
  {
    columns: "migration_name, checksum, finished_at, rolled_back_at",
    order: "started_at",
    state: (rows) => ({
      applied: rows
        .filter((row) => row.finished_at !== null && row.rolled_back_at === null)
        .map((row) => {
          const [, version = "", name = ""] = /^(\d+)_?(.*)$/s.exec(text(row, "migration_name")) ?? [];
          const applied = { name, checksum: text(row, "checksum"), appliedAt: dateOrNull(row, "finished_at") };
          return { version: version === "" ? text(row, "migration_name") : version, ...applied };
        }),
      dirty: first(rows, (row) => row.finished_at === null && row.rolled_back_at === null, "migration_name"),
    }),
    checksum: (script) => createHash("sha256").update(script).digest("hex"),
  },
);

/**
 * Drizzle: the SHA-256 of each script, and the time that the directory's meta/_journal.json gives it, by which alone the migrator decides
 * what is pending (drizzle-orm, migrator.ts and pg-core/dialect.ts). That time is its version here.
 */
const drizzle = readOnly(
  "drizzle",
  {
    tool: "Drizzle",
    schema: "drizzle",
    name: "__drizzle_migrations",
    columns: ["id", "hash", "created_at"],
    without: [],
  },
  {
    columns: "hash, created_at",
    order: "created_at, id",
    state: (rows) => ({
      applied: rows.map((row) => ({
        version: text(row, "created_at"),
        name: null,
        checksum: text(row, "hash"),
        appliedAt: null,
      })),
    }),
    checksum: (script) => createHash("sha256").update(script).digest("hex"),
    // Since its beta of version 1 over the script with plain line ends.
    otherChecksums: (script) => [
      createHash("sha256").update(new TextDecoder().decode(script).replace(/\r\n/g, "\n")).digest("hex"),
    ],
  },
);

/** The Supabase CLI: one row a version (supabase/cli, pkg/migration/history.go). */
const supabase = readOnly(
  "supabase",
  {
    tool: "the Supabase CLI",
    schema: "supabase_migrations",
    name: "schema_migrations",
    columns: ["version"],
    without: ["dirty"],
  },
  { columns: "version", order: "version", state: (rows) => ({ applied: rows.map(by("version", null)) }) },
);

/** node-pg-migrate: one row a file, by its name without the ending (node-pg-migrate, runner.ts). */
const nodePgMigrate = readOnly(
  "node-pg-migrate",
  {
    tool: "node-pg-migrate",
    schema: null,
    name: "pgmigrations",
    columns: ["id", "name", "run_on"],
    without: [],
  },
  {
    columns: "name, run_on",
    order: "run_on, id",
    state: (rows) => ({
      applied: rows.map((row) => {
        const whole = text(row, "name");
        const [, version = whole, name = ""] = /^(\d+)[_-](.*)$/s.exec(whole) ?? [];
        return { version, name, checksum: null, appliedAt: dateOrNull(row, "run_on") };
      }),
    }),
  },
);

/** Rails: one row a version (Active Record, SchemaMigration). */
const rails = readOnly(
  "rails",
  {
    tool: "Rails",
    schema: null,
    name: "schema_migrations",
    columns: ["version"],
    without: ["dirty", "statements", "inserted_at"],
  },
  { columns: "version", order: "version", state: (rows) => ({ applied: rows.map(by("version", null)) }) },
);

/** Alembic: the heads alone; which revisions lie below them is known to its Python files (alembic, runtime/migration.py). */
const alembic = readOnly(
  "alembic",
  { tool: "Alembic", schema: null, name: "alembic_version", columns: ["version_num"], without: [] },
  { columns: "version_num", order: "version_num", state: (rows) => ({ applied: rows.map(by("version_num", null)) }) },
);

/** Django: one row a migration of an app (django, db/migrations/recorder.py). */
const django = readOnly(
  "django",
  { tool: "Django", schema: null, name: "django_migrations", columns: ["id", "app", "name", "applied"], without: [] },
  {
    columns: "app || '.' || name AS version, applied",
    order: "id",
    state: (rows) => ({ applied: rows.map(by("version", "applied")) }),
  },
);

/** The ledger of a tool that is not known here: one row a version, in the column that the config names. */
export function customLedger(column: string): Definition {
  const named = quoteIdentifier(column);
  return readOnly(
    "custom",
    { tool: "this project's tool", schema: null, name: "", columns: [column], without: [], anyOthers: true },
    {
      columns: `${named}::text AS version`,
      order: named,
      state: (rows) => ({ applied: rows.map(by("version", null)) }),
    },
  );
}

/** The ledgers that are read and never written. */
export const readOnlyLedgers: readonly Definition[] = [
  goose,
  sqlx,
  diesel,
  prisma,
  drizzle,
  supabase,
  nodePgMigrate,
  rails,
  alembic,
  django,
];

function by(version: string, appliedAt: string | null): (row: Row) => AppliedVersion {
  return (row) => ({
    version: text(row, version),
    name: null,
    checksum: null,
    appliedAt: appliedAt === null ? null : dateOrNull(row, appliedAt),
  });
}

function first(rows: readonly Row[], is: (row: Row) => boolean, column: string): string | null {
  const found = rows.find(is);
  return found === undefined ? null : text(found, column);
}
