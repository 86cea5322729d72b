import { createHash } from "node:crypto";
import { dateOrNull, text, textOrNull } from "../rows.ts";
import { type Definition, nothingRecorded, readRows, schemaOf, tableExists, write } from "./definition.ts";
import { quotedTable } from "./table.ts";

/** Lockkeeper's own, for directories of plain numbers and for tools whose ledgers are only read: one row for each version. */
export const lockkeeper: Definition = {
  id: "lockkeeper",
  shape: {
    tool: "Lockkeeper",
    schema: "lockkeeper",
    name: "ledger",
    columns: ["version", "name", "checksum", "applied_at"],
    without: [],
  },
  at(table) {
    const name = quotedTable(table);
    return {
      id: "lockkeeper",
      table: name,
      writable: true,
      checksum: scriptChecksum,
      create: () => [
        schemaOf(table),
        write(
          `CREATE TABLE IF NOT EXISTS ${name} (version text PRIMARY KEY, name text NOT NULL, checksum text, ` +
            "applied_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp())",
        ),
      ],
      async read(session) {
        if (!(await tableExists(session, table))) return nothingRecorded;
        const rows = await readRows(session, table, "version, name, checksum, applied_at", "applied_at, version");
        const applied = rows.map((row) => ({
          version: text(row, "version"),
          name: text(row, "name"),
          checksum: textOrNull(row, "checksum"),
          appliedAt: dateOrNull(row, "applied_at"),
        }));
        return { exists: true, applied, upTo: null, dirty: null };
      },
      applied: ({ version, name: called, checksum }) => [
        write(`INSERT INTO ${name} (version, name, checksum) VALUES ($1, $2, $3)`, version, called, checksum),
      ],
      reverted: ({ version }) => [write(`DELETE FROM ${name} WHERE version = $1`, version)],
      started: () => [],
    };
  },
};

/** The SHA-256 of the up script, the same for every kind of line end and with or without a byte order mark. */
function scriptChecksum(script: Uint8Array): string {
  const text = new TextDecoder().decode(script).replace(/\r\n?/g, "\n");
  return createHash("sha256").update(text).digest("hex");
}
