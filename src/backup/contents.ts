import { performance } from "node:perf_hooks";
import { DatabaseError } from "../database/errors.ts";
import { number, type Row, text, textOrNull, texts } from "../database/rows.ts";
import type { Session } from "../database/session.ts";
import type { SequenceValues, TableContents } from "../report/manifest.ts";
import { dumpedTables } from "./snapshot.ts";

/** A table, before its rows are counted. */
export interface TableShape {
  readonly name: string;
  readonly isPartitioned: boolean;
  /** PostgreSQL's own estimate; null where it has none. */
  readonly estimate: number | null;
  readonly constraints: readonly string[];
  readonly indexes: readonly string[];
}

/** The tables that are dumped, the small ones first, with what a restore has to bring back beside the rows. */
export async function readTables(session: Session): Promise<readonly TableShape[]> {
  // NOT NULL has a name only since 18; a partition's own copy of a foreign key is named anew by the restore; pg_dump leaves invalid indexes out.
  const { rows } = await session.query(
    `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, c.relkind = 'p' AS is_partitioned,
            CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint::text END AS estimate,
            ARRAY(SELECT k.conname::text FROM pg_catalog.pg_constraint k
                  WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x')
                    AND (k.contype <> 'f' OR k.conparentid = 0) ORDER BY 1) AS constraints,
            ARRAY(SELECT i.relname::text FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
                  WHERE x.indrelid = c.oid AND (x.indisvalid OR c.relkind = 'p') AND x.indisready ORDER BY 1) AS indexes
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE ${dumpedTables} ORDER BY c.relpages, 1`,
  );
  return rows.map((row) => ({
    name: text(row, "name"),
    isPartitioned: row.is_partitioned === true,
    estimate: textOrNull(row, "estimate") === null ? null : number(row, "estimate"),
    constraints: texts(row, "constraints").toSorted(),
    indexes: texts(row, "indexes").toSorted(),
  }));
}

/** Counts the rows in the open transaction for as long as it is given; what is left then is estimated. */
export async function countRows(
  session: Session,
  shapes: readonly TableShape[],
  { limitMs }: { readonly limitMs: number },
): Promise<readonly TableContents[]> {
  const deadline = performance.now() + limitMs;
  const tables: TableContents[] = [];
  for (const { name, isPartitioned, estimate, constraints, indexes } of shapes) {
    const rest = { name, constraints, indexes };
    const rows = isPartitioned ? null : await countOne(session, name, deadline - performance.now());
    if (isPartitioned) tables.push({ ...rest, counted: "partitioned", rows: null });
    else if (rows === null) tables.push({ ...rest, counted: "estimated", rows: estimate });
    else tables.push({ ...rest, counted: "exact", rows });
  }
  return tables.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function countOne(session: Session, table: string, leftMs: number): Promise<number | null> {
  if (leftMs < 1) return null;
  await session.query(`SAVEPOINT counting; SET LOCAL statement_timeout = ${Math.ceil(leftMs)}`);
  try {
    const { rows } = await session.query(`SELECT pg_catalog.count(*)::text AS rows FROM ONLY ${table}`);
    await session.query("RELEASE SAVEPOINT counting; SET LOCAL statement_timeout = 0");
    return number(rows[0] ?? {}, "rows");
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError) || thrown.lost) throw thrown;
    // The transaction must go on: pg_dump may not have taken its snapshot yet.
    await session.query("ROLLBACK TO SAVEPOINT counting; SET LOCAL statement_timeout = 0");
    // Cancelled by the limit. Everything else is a table that pg_dump cannot read either.
    if (thrown.sqlstate === "57014") return null;
    throw thrown;
  }
}

/** Where the sequences are, by name. */
export async function readSequences(session: Session): Promise<ReadonlyMap<string, string | null>> {
  const { rows } = await session.query(
    `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, s.last_value::text AS last_value
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_sequences s ON s.schemaname = n.nspname AND s.sequencename = c.relname
     WHERE ${dumpedTables.replace("c.relkind IN ('r', 'p')", "c.relkind = 'S'")} ORDER BY 1`,
  );
  return new Map(rows.map((row) => [text(row, "name"), textOrNull(row, "last_value")]));
}

/** The same sequences at the start and at the end of a dump; those that were made meanwhile are not in it. */
export function sequencesBetween(
  start: ReadonlyMap<string, string | null>,
  end: ReadonlyMap<string, string | null>,
): readonly SequenceValues[] {
  return [...start].map(([name, atStart]) => ({ name, atStart, atEnd: end.get(name) ?? atStart }));
}

/** Roles that a restore needs although it takes no owners and no grants: policies name them. */
export async function readPolicyRoles(session: Session): Promise<readonly string[]> {
  const { rows } = await session.query(
    `SELECT DISTINCT r.rolname::text AS role FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_roles r ON r.oid = ANY (p.polroles)
     WHERE r.rolname !~ '^pg_' ORDER BY 1`,
  );
  return rows.map((row: Row) => text(row, "role"));
}

export async function countLargeObjects(session: Session): Promise<number> {
  const { rows } = await session.query(
    "SELECT pg_catalog.count(*)::text AS count FROM pg_catalog.pg_largeobject_metadata",
  );
  return number(rows[0] ?? {}, "count");
}
