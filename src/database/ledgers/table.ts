import { Refusal } from "../../errors.ts";
import { quoteIdentifier } from "../../sql/names.ts";
import { list } from "../../text.ts";
import { flag, text, texts } from "../rows.ts";
import type { Session } from "../session.ts";

/** A table as the catalog names it. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** What a ledger's table looks like, as far as it is told apart by it. */
export interface Shape {
  /** The tool, for people. */
  readonly tool: string;
  /** Where the tool keeps it when nobody says otherwise; a null schema is the first of the search path. */
  readonly schema: string | null;
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns that another tool's table of the same name has. */
  readonly without: readonly string[];
  /** Whether it may have any others besides: nothing is written into it. Left out: only those that have a default. */
  readonly anyOthers?: boolean;
}

/** Where a ledger is, or would be made. */
export interface FoundTable {
  readonly table: TableName;
  readonly exists: boolean;
  /** Tables of the same name and shape in other schemas: nobody's ledger until the config says so. */
  readonly elsewhere: readonly TableName[];
}

/** The table's name in SQL. */
export function quotedTable({ schema, name }: TableName): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** The table as people write it. */
export function tableInWords({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}

/** Finds a ledger's table: the configured one, or the one in the tool's own place. Throws UserError where another table has its name. */
export async function findTable(session: Session, shape: Shape, configured: TableName | null): Promise<FoundTable> {
  const name = configured?.name ?? shape.name;
  const { current, candidates } = await look(session, name);
  const home = configured?.schema ?? shape.schema ?? current;
  if (home === null) {
    throw new Refusal("ledger-nowhere", "The search path of the connection has no schema that exists.", {
      hint: "say where the ledger is (ledger: { table: schema.table } in the config), or set search_path for the role.",
    });
  }
  const atHome = candidates.find(({ schema }) => schema === home);
  if (atHome !== undefined) refuseOthers(atHome, { ...shape, name });
  const elsewhere = candidates.filter((each) => each !== atHome && fits(each, shape));
  return {
    table: { schema: home, name },
    exists: atHome !== undefined,
    elsewhere: elsewhere.map(({ schema }) => ({ schema, name })),
  };
}

interface Candidate {
  readonly schema: string;
  readonly columns: readonly string[];
  /** Without a default: whoever inserts a row has to give them. */
  readonly required: readonly string[];
}

async function look(
  session: Session,
  name: string,
): Promise<{ readonly current: string | null; readonly candidates: readonly Candidate[] }> {
  const { rows } = await session.query(
    `SELECT n.nspname::text AS schema,
            n.nspname = pg_catalog.current_schema() AS is_current,
            array_agg(a.attname::text) AS columns,
            array_agg(a.attname::text) FILTER (WHERE a.attnotnull AND NOT a.atthasdef AND a.attidentity = '') AS required
     FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     GROUP BY n.nspname
     UNION ALL
     SELECT pg_catalog.current_schema()::text, true, NULL, NULL WHERE pg_catalog.current_schema() IS NOT NULL
     ORDER BY 1`,
    [name],
  );
  const current = rows.find((row) => row.columns === null && flag(row, "is_current"));
  return {
    current: current === undefined ? null : text(current, "schema"),
    candidates: rows
      .filter((row) => row.columns !== null)
      .map((row) => ({
        schema: text(row, "schema"),
        columns: texts(row, "columns"),
        required: texts(row, "required"),
      })),
  };
}

function fits({ columns }: Candidate, shape: Shape): boolean {
  return shape.columns.every((each) => columns.includes(each)) && !shape.without.some((each) => columns.includes(each));
}

/** A table of that name that is not the tool's, or one from a version of the tool that writes more than is known here. */
function refuseOthers(candidate: Candidate, shape: Shape): void {
  const { schema, columns, required } = candidate;
  const name = `${schema}.${shape.name}`;
  if (!fits(candidate, shape)) {
    throw new Refusal("ledger-unknown", `The table ${name} is not a ledger as ${shape.tool} keeps it.`, {
      details: [
        `It has the columns ${list(columns)}; ${shape.tool} needs ${list(shape.columns)}${shape.without.length === 0 ? "" : `, and has no ${list(shape.without)}`}.`,
      ],
      hint: "say whose ledger it is, or where the right one is (ledger: { tool: …, table: … } in the config).",
    });
  }
  if (shape.anyOthers === true) return;
  const unknown = required.filter((each) => !shape.columns.includes(each));
  if (unknown.length === 0) return;
  throw new Refusal("ledger-newer", `The ledger ${name} has columns that this Lockkeeper cannot fill in.`, {
    details: [`Not known: ${list(unknown)}.`],
    hint: `a newer ${shape.tool} may have made it: update Lockkeeper.`,
  });
}
