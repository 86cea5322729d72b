import type { Losable, Loss } from "../plan/losses.ts";
import { quoted, quoteIdentifier, type Relation } from "../sql/names.ts";
import { asDatabaseError } from "./errors.ts";
import { flag, number, text, textOrNull } from "./rows.ts";
import type { Session } from "./session.ts";

/** More are not counted: that there are some is what matters. */
const mostRows = 1_000_000;
const countLimitMs = 5_000;
/** What was answered faster can be asked again while everybody waits. */
const guardLimitMs = 200;

/** Counts what would be lost, at most a million rows and five seconds each. Throws DatabaseError where the connection is lost. */
export async function countLosses(session: Session, losable: readonly Losable[]): Promise<readonly Loss[]> {
  if (losable.length === 0) return [];
  const losses: Loss[] = [];
  await session.query("BEGIN TRANSACTION READ ONLY");
  try {
    // Rows that this role may not see are an error and not fewer rows.
    await session.query(
      `SET LOCAL row_security = off; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = ${countLimitMs}`,
    );
    for (const each of losable) losses.push(...(await countOf(session, each)));
  } finally {
    await session.query("ROLLBACK").catch(() => undefined);
  }
  return losses;
}

async function countOf(session: Session, losable: Losable): Promise<readonly Loss[]> {
  const uncounted = { ...losable, rows: null, orMore: false, guard: null };
  const { table, column } = losable;
  if (table === null) return [{ ...uncounted, why: "its SQL does not show what it does to rows" }];
  await session.query("SAVEPOINT counting");
  try {
    const found = await look(session, table, column);
    // What is not there has nothing to lose; a foreign table's rows stay where they are.
    if (found === null) return [];
    const from = `${found.table} WHERE ${found.condition}`;
    const started = performance.now();
    const { rows } = await session.query(
      `SELECT count(*) AS n FROM (SELECT FROM ${from} LIMIT ${mostRows + 1}) AS lost`,
    );
    const ms = performance.now() - started;
    const counted = number(rows[0] ?? {}, "n");
    const isQuick = counted === 0 && ms < guardLimitMs;
    const guard = isQuick ? { table: found.table, exists: `EXISTS (SELECT FROM ${from})` } : null;
    return [{ ...losable, rows: Math.min(counted, mostRows), orMore: counted > mostRows, why: null, guard }];
  } catch (thrown) {
    const error = asDatabaseError(thrown);
    if (error.lost) throw error;
    await session.query("ROLLBACK TO SAVEPOINT counting");
    const late = error.sqlstate === "57014" ? `it could not be counted in ${countLimitMs / 1000} s` : null;
    return [{ ...uncounted, why: late ?? `it could not be counted: ${error.message}` }];
  }
}

/** The table as it is now, and which of its rows have something to lose; null where there is nothing. */
async function look(
  session: Session,
  relation: Relation,
  column: string | null,
): Promise<{ readonly table: string; readonly condition: string } | null> {
  const { rows } = await session.query(
    `SELECT n.nspname::text AS schema, c.relname::text AS name, a.attname IS NOT NULL AS has_column,
            COALESCE(a.attgenerated, '') <> '' AS generated, pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS filled
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $2 AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.oid = pg_catalog.to_regclass($1) AND c.relkind IN ('r', 'p')`,
    [quoted(relation), column ?? ""],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const table = `${quoteIdentifier(text(row, "schema"))}.${quoteIdentifier(text(row, "name"))}`;
  if (column === null) return { table, condition: "true" };
  // A generated column is made of others, which stay.
  if (!flag(row, "has_column") || flag(row, "generated")) return null;
  const filled = textOrNull(row, "filled");
  const name = quoteIdentifier(column);
  // What the migration itself has put into every row is no loss.
  const isConstant = filled !== null && constant.test(filled);
  return { table, condition: isConstant ? `${name} IS DISTINCT FROM (${filled})` : `${name} IS NOT NULL` };
}

/** As pg_get_expr() writes a constant: 'draft'::text, 0, '-1'::integer, true. */
const constant = /^(?:'(?:[^']|'')*'::[a-z][a-z ]*(?:\(\d+(?:,\d+)?\))?(?:\[\])?|-?\d+(?:\.\d+)?|true|false)$/;
