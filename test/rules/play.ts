import type { Client } from "pg";
import type { ReportFinding, ReportStatement } from "../../src/report/report.ts";
import { readScript } from "../../src/sql/parse.ts";
import { type Grammar, openGrammar } from "../../src/sql/postgres.ts";
import { runStatements, sendAsOneString } from "../support/postgres.ts";
import type { Case, CaseFile } from "./cases.ts";
import { bytesOf } from "./judge.ts";

let opened: Grammar | null = null;

/** A statement of a script, with the line at which it begins and the one at which it ends. */
export interface Piece {
  readonly sql: string;
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
  readonly isRead: boolean;
}

/** Cuts a script into its statements. */
export async function piecesOf(text: string): Promise<readonly Piece[]> {
  opened ??= openGrammar();
  const { pieces } = await readScript(text, opened);
  return pieces.map(({ sql, span, kind }) => ({ sql, ...span, isRead: kind === "statement" }));
}

/** The file of a case with this part in it. */
export function fileOf({ files }: Case, role: CaseFile["role"]): CaseFile | null {
  return files.find((file) => file.role === role) ?? null;
}

/**
 * Applies a script as its tool does: golang-migrate as one string, Drizzle statement by statement in a transaction, otherwise as
 * Lockkeeper, in one transaction where that can be.
 */
export async function apply(
  client: Client,
  one: Case,
  file: CaseFile,
  statements: readonly ReportStatement[],
): Promise<void> {
  if (one.layout === "golang-migrate" && one.appliedBy === "tool") {
    await sendAsOneString(client, bytesOf(file).toString());
    return;
  }
  const ownWay = statements.some(
    ({ actions, effects }) =>
      one.layout !== "drizzle" &&
      (actions.some(({ kind }) => kind === "begin") || effects.some(({ kind }) => kind === "no-transaction-block")),
  );
  const pieces = (await piecesOf(file.text)).map(({ sql }) => sql);
  await runStatements(client, ownWay ? pieces : ["BEGIN", ...pieces, "COMMIT"]);
}

/** The SQL of a finding's advice, statement by statement, its comments left out. */
export async function saferStatements({ safer }: ReportFinding): Promise<readonly Piece[]> {
  return piecesOf((safer ?? "").replace(/^--.*$/gm, ""));
}

/** What a statement made PostgreSQL do: what it looked through, and the locks on relations that it took for it. */
export interface Observed {
  readonly sql: string;
  /** The server's own words: rewriting table "t", verifying table "t", validating foreign key constraint "c", building index "i". */
  readonly work: readonly string[];
  /** None where the statement cannot be in a transaction. */
  readonly modes: readonly string[];
}

/** Runs a statement in a transaction of its own and looks at what it does there. */
export async function observe(client: Client, sql: string): Promise<Observed> {
  const work: string[] = [];
  const listen = ({ message = "" }: { readonly message?: string | undefined }): void => {
    if (/^(?:rewriting|verifying|validating|building) /.test(message) && !message.includes("pg_toast"))
      work.push(message);
  };
  client.on("notice", listen);
  try {
    const alone = standsAlone(sql);
    await client.query("SET client_min_messages = debug1");
    if (!alone) await client.query("BEGIN");
    await client.query(sql);
    const { rows } = await client.query<{ mode: string }>(`
      SELECT DISTINCT mode FROM pg_locks JOIN pg_class c ON c.oid = relation
      WHERE pid = pg_backend_pid() AND locktype = 'relation' AND c.relnamespace <> 'pg_catalog'::regnamespace`);
    if (!alone) await client.query("COMMIT");
    return { sql, work, modes: alone ? [] : rows.map(({ mode }) => mode) };
  } finally {
    client.off("notice", listen);
    // DISCARD ALL has reset it already; then this changes nothing.
    await client.query("RESET client_min_messages").catch(() => undefined);
  }
}

/** Whether a statement cannot be in a transaction; REINDEX may, but its own advice cannot. */
export function standsAlone(sql: string): boolean {
  return /\bconcurrently\b|^(?:vacuum|reindex|discard)\b|^do\b.*\bcommit\b/is.test(sql);
}

/** What stands in the catalog, as far as the advice of rules is about it. */
export interface Shape {
  /** Definitions of constraints, with their tables. */
  readonly constraints: readonly string[];
  readonly notValid: readonly string[];
  /** Definitions of indexes without their names. */
  readonly indexes: readonly string[];
  readonly invalid: readonly string[];
  readonly notNull: readonly string[];
  readonly defaults: readonly string[];
  /** Every row of every table. */
  readonly rows: readonly string[];
}

/** Reads the catalog and the rows of what the migrations made. */
export async function shapeOf(client: Client): Promise<Shape> {
  const own =
    "c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND NOT c.relnamespace::regnamespace::text LIKE 'pg_%'";
  const texts = async (sql: string): Promise<readonly string[]> => {
    const { rows } = await client.query<{ text: string }>(`${sql} ORDER BY 1`);
    return rows.map(({ text }) => text);
  };
  const constraints = `FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid WHERE ${own}`;
  const definition = "conrelid::regclass || ' ' || replace(pg_get_constraintdef(k.oid), ' NOT VALID', '') AS text";
  const indexes = `FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE ${own}`;
  const index = "regexp_replace(pg_get_indexdef(indexrelid), 'INDEX .*? ON (ONLY )?', 'INDEX ON ') AS text";
  const columns = `FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE ${own} AND attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p')`;
  const tables = await texts(`SELECT c.oid::regclass::text AS text FROM pg_class c WHERE ${own} AND relkind = 'r'`);
  const rows: string[] = [];
  for (const table of tables)
    rows.push(...(await texts(`SELECT '${table.replaceAll("'", "''")} ' || t::text AS text FROM ${table} t`)));
  return {
    constraints: await texts(`SELECT ${definition} ${constraints}`),
    notValid: await texts(`SELECT ${definition} ${constraints} AND NOT convalidated AND conenforced`),
    indexes: await texts(`SELECT ${index} ${indexes}`),
    invalid: await texts(`SELECT ${index} ${indexes} AND NOT indisvalid`),
    notNull: await texts(`SELECT attrelid::regclass || ' ' || attname AS text ${columns} AND attnotnull`),
    defaults: await texts(
      `SELECT attrelid::regclass || ' ' || attname || ' ' || pg_get_expr(adbin, adrelid) AS text FROM pg_attrdef d JOIN pg_attribute a ON adrelid = attrelid AND adnum = attnum JOIN pg_class c ON c.oid = attrelid WHERE ${own}`,
    ),
    rows,
  };
}
