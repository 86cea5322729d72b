import { dateOrNull, text } from "../rows.ts";
import { type Definition, nothingRecorded, readRows, tableExists, write } from "./definition.ts";
import { quotedTable } from "./table.ts";

/** One row for each file, by its name (sql-migrate, migrate.go: MigrationRecord, with the table as gorp makes it). */
export const sqlMigrate: Definition = {
  id: "sql-migrate",
  shape: {
    tool: "sql-migrate",
    schema: null,
    name: "gorp_migrations",
    columns: ["id", "applied_at"],
    without: [],
  },
  at(table) {
    const name = quotedTable(table);
    return {
      id: "sql-migrate",
      table: name,
      writable: true,
      checksum: () => null,
      create: () => [
        write(
          `CREATE TABLE IF NOT EXISTS ${name} ("id" text not null primary key, "applied_at" timestamp with time zone)`,
        ),
      ],
      async read(session) {
        if (!(await tableExists(session, table))) return nothingRecorded;
        const rows = await readRows(session, table, "id, applied_at", "applied_at, id");
        const applied = rows.map((row) => ({
          version: text(row, "id").replace(/\.sql$/s, ""),
          name: null,
          checksum: null,
          appliedAt: dateOrNull(row, "applied_at"),
        }));
        return { exists: true, applied, upTo: null, dirty: null };
      },
      applied: ({ script }) => [
        write(`INSERT INTO ${name} (id, applied_at) VALUES ($1, pg_catalog.clock_timestamp())`, script),
      ],
      reverted: ({ script }) => [write(`DELETE FROM ${name} WHERE id = $1`, script)],
      started: () => [],
    };
  },
};
