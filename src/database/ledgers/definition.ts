import type { LedgerId } from "../../config/config.ts";
import { quoteIdentifier } from "../../sql/names.ts";
import type { Row } from "../rows.ts";
import type { Session } from "../session.ts";
import type { AppliedVersion, Ledger, LedgerState, LedgerWrite } from "./ledger.ts";
import { quotedTable, type Shape, type TableName } from "./table.ts";

/** What is known of one tool's ledger. */
export interface Definition {
  readonly id: LedgerId;
  readonly shape: Shape;
  /** The ledger in this table. */
  at(table: TableName): Ledger;
}

/** A state with nothing in it. */
export const nothingRecorded: LedgerState = { exists: false, applied: [], upTo: null, dirty: null };

/** One statement with its values. */
export function write(sql: string, ...values: readonly unknown[]): LedgerWrite {
  return { sql, values };
}

/** Makes the table's schema where it is not there; CREATE SCHEMA IF NOT EXISTS would ask for the right to make one in any case. */
export function schemaOf({ schema }: TableName): LedgerWrite {
  const name = quoteIdentifier(schema);
  const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const body = `BEGIN IF pg_catalog.to_regnamespace(${literal(name)}) IS NULL THEN CREATE SCHEMA ${name}; END IF; END`;
  return write(`DO ${literal(body)}`);
}

/** Reads the rows of a ledger as they are; an empty state where the table is not there. */
export async function readRows(
  session: Session,
  table: TableName,
  columns: string,
  order: string,
): Promise<readonly Row[]> {
  const { rows } = await session.query(`SELECT ${columns} FROM ${quotedTable(table)} ORDER BY ${order}`);
  return rows;
}

/** Whether the table is there and may be looked for. */
export async function tableExists(session: Session, table: TableName): Promise<boolean> {
  const { rows } = await session.query("SELECT pg_catalog.to_regclass($1) IS NOT NULL AS found", [quotedTable(table)]);
  return rows[0]?.found === true;
}

/** A ledger that is only read: the tool alone writes it. */
export function readOnly(
  id: LedgerId,
  shape: Shape,
  { columns, order, state, checksum, otherChecksums }: ReadOnly,
): Definition {
  return {
    id,
    shape,
    at: (table) => ({
      id,
      table: quotedTable(table),
      writable: false,
      checksum: checksum ?? (() => null),
      otherChecksums: otherChecksums ?? (() => []),
      async read(session) {
        if (!(await tableExists(session, table))) return nothingRecorded;
        return { exists: true, upTo: null, dirty: null, ...state(await readRows(session, table, columns, order)) };
      },
      create: () => [],
      applied: () => [],
      reverted: () => [],
      started: () => [],
    }),
  };
}

/** How such a ledger is read. */
export interface ReadOnly {
  /** In SQL. */
  readonly columns: string;
  readonly order: string;
  state(rows: readonly Row[]): { readonly applied: readonly AppliedVersion[]; readonly dirty?: string | null };
  readonly checksum?: (script: Uint8Array) => string;
  readonly otherChecksums?: (script: Uint8Array) => readonly string[];
}
