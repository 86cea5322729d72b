import { dateOrNull, flag, type Row, text, textOrNull } from "../rows.ts";
import { type Definition, nothingRecorded, readRows, tableExists, write } from "./definition.ts";
import type { AppliedVersion, LedgerState } from "./ledger.ts";
import { quotedTable } from "./table.ts";

const columns = [
  ...["installed_rank", "version", "description", "type", "script", "checksum"],
  ...["installed_by", "installed_on", "execution_time", "success"],
];

/**
 * One row for everything that was done, in the order of installed_rank (Flyway, PostgreSQLDatabase.getRawCreateScript and
 * JdbcTableSchemaHistory). A way back is a row of type DELETE, as `repair` writes it, because the free editions refuse to
 * read a row of type UNDO_SQL.
 */
export const flyway: Definition = {
  id: "flyway",
  shape: { tool: "Flyway", schema: null, name: "flyway_schema_history", columns, without: [] },
  at(table) {
    const name = quotedTable(table);
    const part = (suffix: string): string => `"${`${table.name}${suffix}`.replaceAll('"', '""')}"`;
    const insert = (type: "SQL" | "DELETE") => (migration: Parameters<typeof values>[0]) => [
      write(
        `INSERT INTO ${name} (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success) ` +
          `SELECT COALESCE(max(installed_rank), 0) + 1, $1::varchar, $2::varchar, '${type}', $3::varchar, $4::integer, session_user, $5::integer, true FROM ${name}`,
        ...values(migration),
      ),
    ];
    return {
      id: "flyway",
      table: name,
      writable: true,
      checksum: flywayChecksum,
      create: () => [
        write(
          `CREATE TABLE IF NOT EXISTS ${name} (installed_rank INT NOT NULL CONSTRAINT ${part("_pk")} PRIMARY KEY, version VARCHAR(50), ` +
            "description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INTEGER, " +
            "installed_by VARCHAR(100) NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT now(), execution_time INTEGER NOT NULL, " +
            "success BOOLEAN NOT NULL)",
        ),
        write(`CREATE INDEX IF NOT EXISTS ${part("_s_idx")} ON ${name} (success)`),
      ],
      async read(session) {
        if (!(await tableExists(session, table))) return nothingRecorded;
        return stateOf(await readRows(session, table, columns.join(", "), "installed_rank"));
      },
      applied: insert("SQL"),
      reverted: (migration) => insert("DELETE")({ ...migration, executionMs: 0 }),
      started: () => [],
    };
  },
};

/** As Flyway fills them: a repeatable migration has no version, an underscore in a name is a space, and what is too long is cut. */
function values({
  version,
  name,
  script,
  checksum,
  executionMs,
}: {
  readonly version: string;
  readonly name: string;
  readonly script: string;
  readonly checksum: string | null;
  readonly executionMs: number;
}): readonly unknown[] {
  const description = name.replaceAll("_", " ");
  return [
    version.startsWith("R__") ? null : version,
    description.length > 200 ? `${description.slice(0, 197)}...` : description,
    script.length > 1000 ? `...${script.slice(3, 1000)}` : script,
    checksum === null ? null : Number(checksum),
    Math.round(executionMs),
  ];
}

/** The last word of each version counts: DELETE and UNDO rows take back, a failed row leaves it open. */
function stateOf(rows: readonly Row[]): LedgerState {
  const applied = new Map<string, AppliedVersion>();
  let upTo: string | null = null;
  let dirty: string | null = null;
  for (const row of rows) {
    const type = text(row, "type");
    const version = versionOf(row);
    if (type === "SCHEMA" || version === null) continue;
    if (!flag(row, "success")) {
      dirty = version;
    } else if (type === "DELETE" || type.startsWith("UNDO")) {
      applied.delete(version);
      if (dirty === version) dirty = null;
    } else if (type.endsWith("BASELINE")) {
      upTo = version;
    } else {
      // What is applied again moves to the end.
      applied.delete(version);
      if (dirty === version) dirty = null;
      applied.set(version, {
        version,
        name: text(row, "description"),
        checksum: textOrNull(row, "checksum"),
        appliedAt: dateOrNull(row, "installed_on"),
      });
    }
  }
  return { exists: true, applied: [...applied.values()], upTo, dirty };
}

/** The version as the layout writes it: a repeatable one is known by its script. */
function versionOf(row: Row): string | null {
  const version = textOrNull(row, "version");
  if (version !== null) return version;
  return /(R__.*)\.sql$/s.exec(text(row, "script").replace(/^.*\//s, ""))?.[1] ?? null;
}

/** The CRC-32 of the lines without their ends and without a byte order mark, as a signed number (Flyway, ChecksumCalculator). */
export function flywayChecksum(script: Uint8Array): string {
  const body = new TextDecoder().decode(script).replace(/\r\n|\r|\n/g, "");
  let crc = -1;
  for (const byte of new TextEncoder().encode(body)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return String(~crc);
}
