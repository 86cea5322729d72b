import { text } from "../rows.ts";
import { type Definition, nothingRecorded, readRows, schemaOf, tableExists, write } from "./definition.ts";
import { quotedTable } from "./table.ts";

/**
 * One row for each version (dbmate, pkg/driver/postgres/postgres.go). Its table has the shape of Rails' own, and no column more.
 */
export const dbmate: Definition = {
  id: "dbmate",
  shape: {
    tool: "dbmate",
    schema: null,
    name: "schema_migrations",
    columns: ["version"],
    without: ["dirty", "statements", "inserted_at"],
  },
  at(table) {
    const name = quotedTable(table);
    return {
      id: "dbmate",
      table: name,
      writable: true,
      checksum: () => null,
      create: () => [schemaOf(table), write(`CREATE TABLE IF NOT EXISTS ${name} (version varchar(255) primary key)`)],
      async read(session) {
        if (!(await tableExists(session, table))) return nothingRecorded;
        const rows = await readRows(session, table, "version", "version");
        const applied = rows.map((row) => ({
          version: text(row, "version"),
          name: null,
          checksum: null,
          appliedAt: null,
        }));
        return { exists: true, applied, upTo: null, dirty: null };
      },
      applied: ({ version }) => [write(`INSERT INTO ${name} (version) VALUES ($1)`, version)],
      reverted: ({ version }) => [write(`DELETE FROM ${name} WHERE version = $1`, version)],
      started: () => [],
    };
  },
};
