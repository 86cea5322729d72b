import { quoted, quoteIdentifier, type Relation } from "../sql/names.ts";
import { type Desk, pause } from "./desk.ts";
import { asDatabaseError, troubleOf } from "./errors.ts";
import { flag, text } from "./rows.ts";
import type { Session } from "./session.ts";

/** An index as the catalog has it. */
export interface FoundIndex {
  readonly oid: string;
  /** As SQL names it, with its schema. */
  readonly name: string;
  /** Without its schema and quotes. */
  readonly bareName: string;
  readonly table: string;
  readonly tableOid: string;
  /** An invalid one is not read; a unique one may refuse rows all the same. */
  readonly valid: boolean;
}

const columns = `c.oid::text AS oid, n.nspname::text AS schema, c.relname::text AS name, t.relname::text AS "table",
  t.oid::text AS table_oid, i.indisvalid AS valid`;
const from = `FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`;

/** The indexes that a broken build has left: not those that somebody builds now, nor those of partitioned tables that wait for their parts. */
export async function invalidIndexes(session: Session): Promise<readonly FoundIndex[]> {
  const { rows } = await session.query(
    `SELECT ${columns} ${from} WHERE NOT i.indisvalid AND c.relkind = 'i'
       AND c.oid NOT IN (SELECT index_relid FROM pg_catalog.pg_stat_progress_create_index WHERE index_relid <> 0) ORDER BY 3, 2`,
  );
  return rows.map(found);
}

/** The index of this name, in the schema of its table, as the session sees it now; null where there is none. */
export async function indexNamed(session: Session, table: Relation, index: string): Promise<FoundIndex | null> {
  const { rows } = await session.query(
    `SELECT ${columns} ${from} WHERE c.relname = $2 AND t.relnamespace = (SELECT relnamespace FROM pg_catalog.pg_class
       WHERE oid = pg_catalog.to_regclass($1))`,
    [quoted(table), index],
  );
  return rows[0] === undefined ? null : found(rows[0]);
}

/** The oid of a table or an index as the session sees it; null where there is none. */
export async function oidOf(session: Session, relation: Relation): Promise<string | null> {
  const { rows } = await session.query("SELECT pg_catalog.to_regclass($1)::oid::text AS oid", [quoted(relation)]);
  const oid = rows[0]?.oid;
  return typeof oid === "string" ? oid : null;
}

function found(row: Readonly<Record<string, unknown>>): FoundIndex {
  const bareName = text(row, "name");
  return {
    oid: text(row, "oid"),
    name: `${quoteIdentifier(text(row, "schema"))}.${quoteIdentifier(bareName)}`,
    bareName,
    table: text(row, "table"),
    tableOid: text(row, "table_oid"),
    valid: flag(row, "valid"),
  };
}

/** Drops an INVALID index without making anybody wait. False where it could not be dropped: then it is still there. */
export async function dropInvalid(index: FoundIndex, desk: Desk): Promise<boolean> {
  desk.say({ kind: "cleaning-up", index: index.name });
  for (let attempt = 1; ; attempt++) {
    const session = desk.session();
    try {
      // A cancelled run has five seconds in all.
      if (desk.signal.aborted) await session.query("SET statement_timeout = '1500ms'");
      desk.watch.begin({ maxBlockingMs: desk.settings.maxBlockingMs, maxDurationMs: null });
      await session.query(`DROP INDEX CONCURRENTLY IF EXISTS ${index.name}`);
      await desk.watch.end();
      return true;
    } catch (thrown) {
      await desk.watch.end();
      const error = asDatabaseError(thrown);
      const trouble = troubleOf(error);
      const again = trouble === "in-the-way" || (trouble === "cancelled" && !desk.signal.aborted);
      if (!again || attempt > desk.settings.retries) return false;
      if (!(await pause(desk, attempt, `${index.name} cannot be dropped yet: ${error.message}`))) return false;
    }
  }
}
