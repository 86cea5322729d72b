import { flag, text } from "../rows.ts";
import { type Definition, nothingRecorded, readRows, tableExists, write } from "./definition.ts";
import type { LedgerWrite } from "./ledger.ts";
import { quotedTable } from "./table.ts";

/**
 * One row {version, dirty}, in the first schema of the search path (golang-migrate, database/postgres/postgres.go: SetVersion,
 * ensureVersionTable). No row, or -1: nothing is applied; -1 and dirty: the first one's way back failed.
 */
export const golangMigrate: Definition = {
  id: "golang-migrate",
  shape: {
    tool: "golang-migrate",
    schema: null,
    name: "schema_migrations",
    columns: ["version", "dirty"],
    without: [],
  },
  at(table) {
    const name = quotedTable(table);
    // The tool empties the table with TRUNCATE, which in a migration's own transaction would make everybody wait who asks for the version.
    const set = (version: string | null, dirty: boolean): readonly LedgerWrite[] => [
      write(`DELETE FROM ${name}`),
      ...(version === null
        ? []
        : [write(`INSERT INTO ${name} (version, dirty) VALUES ($1::bigint, $2)`, BigInt(version).toString(), dirty)]),
    ];
    return {
      id: "golang-migrate",
      table: name,
      writable: true,
      checksum: () => null,
      create: () => [
        write(`CREATE TABLE IF NOT EXISTS ${name} (version bigint not null primary key, dirty boolean not null)`),
      ],
      async read(session) {
        if (!(await tableExists(session, table))) return nothingRecorded;
        const [row] = await readRows(session, table, "version, dirty", "version DESC LIMIT 1");
        if (row === undefined) return { ...nothingRecorded, exists: true };
        const version = text(row, "version");
        return {
          exists: true,
          applied: version === "-1" ? [] : [{ version, name: null, checksum: null, appliedAt: null }],
          upTo: version === "-1" ? null : version,
          dirty: flag(row, "dirty") ? version : null,
        };
      },
      applied: ({ version }) => set(version, false),
      reverted: (_migration, below) => set(below?.version ?? null, false),
      started: ({ version }) => set(version, true),
    };
  },
};
