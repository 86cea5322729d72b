import { DatabaseError } from "../database/errors.ts";
import { number, text, textOrNull, texts } from "../database/rows.ts";
import type { Session } from "../database/session.ts";
import type { Looked } from "../report/verification.ts";
import { quoteIdentifier } from "../sql/names.ts";
import { count } from "../text.ts";
import { ask, inWords, startLooking } from "./looking.ts";

/** A constraint that new rows have to meet, and that nobody has held the old ones to. */
interface Unvalidated {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** Which rows it would refuse, as a condition on `checked`. */
  readonly broken: string | null;
  /** The table that a foreign key refers to. */
  readonly parent: string | null;
}

/** More rows than these are not counted. */
const mostCounted = 1_000_000;

/**
 * Constraints that are NOT VALID: rows that break one are an error (orphans, for a foreign key); that it was valid before is one too.
 * Otherwise it is worth knowing: it waits for its VALIDATE.
 */
export async function checkConstraints(
  session: Session,
  {
    timeoutMs,
    validBefore,
    deploying,
  }: { readonly timeoutMs: number; readonly validBefore: ReadonlySet<string>; readonly deploying: boolean },
): Promise<Looked> {
  const looking = startLooking("constraints");
  const found = await ask(session, { timeoutMs }, () => unvalidated(session));
  if (found === null) looking.error("The constraints could not be looked at in time.");
  for (const one of found ?? []) {
    looking.look();
    const { name, table, columns, parent } = one;
    const at = { table, field: columns.length === 0 ? null : columns.join(", ") };
    const validate = `ALTER TABLE ${table} VALIDATE CONSTRAINT ${quoteIdentifier(name)};`;
    let rows: number | null = null;
    try {
      rows = one.broken === null ? null : await ask(session, { timeoutMs }, () => countBroken(session, one));
    } catch (thrown) {
      if (!(thrown instanceof DatabaseError) || thrown.lost) throw thrown;
      looking.error(`The rows under ${name} could not be looked at: ${inWords(thrown)}`, at);
      continue;
    }
    const wasValid = validBefore.has(`${table} ${name}`);
    if (rows !== null && rows > 0) {
      const many = rows > mostCounted ? `more than ${count(mostCounted, "row")}` : count(rows, "row");
      const have = rows === 1 ? "has" : "have";
      const what =
        parent === null ? `${many} ${rows === 1 ? "breaks" : "break"} it` : `${many} ${have} no row in ${parent}`;
      // A constraint is made NOT VALID so that the rows can be put right before its VALIDATE.
      const say = deploying && !wasValid ? looking.warning : looking.error;
      say(`${name} is NOT VALID, and ${what}.`, { ...at, hint: `put these rows right, then: ${validate}` });
    } else if (wasValid) {
      looking.error(`${name} was valid before, and is not now.`, { ...at, hint: validate });
    } else if (rows === null) {
      looking.warning(`${name} is NOT VALID, and its rows could not be looked at in time.`, { ...at, hint: validate });
    } else {
      looking.warning(`${name} is NOT VALID; no row breaks it.`, { ...at, hint: validate });
    }
  }
  return looking.result;
}

/** The constraints that are valid, each as "table name". */
export async function validConstraints(session: Session): Promise<readonly string[]> {
  const { rows } = await session.query(
    `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS table, k.conname::text AS name ${from}
     WHERE k.convalidated AND k.contype IN ('c', 'f') AND ${users} ORDER BY 1, 2`,
  );
  return rows.map((row) => `${text(row, "table")} ${text(row, "name")}`);
}

const from = `FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`;
const users = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

async function unvalidated(session: Session): Promise<readonly Unvalidated[]> {
  // Since 18 a constraint can be NOT ENFORCED: nobody is held to that one.
  const enforced = session.serverVersion >= 180_000 ? "AND k.conenforced" : "";
  const columns = (relation: string, keys: string): string =>
    `ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(k.${keys}) WITH ORDINALITY u(number, place)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = k.${relation} AND a.attnum = u.number ORDER BY u.place)`;
  const { rows } = await session.query(
    `SELECT k.conname::text AS name, k.contype::text AS type, pg_catalog.format('%I.%I', n.nspname, c.relname) AS table,
            ${columns("conrelid", "conkey")} AS columns, ${columns("confrelid", "confkey")} AS parent_columns,
            (SELECT pg_catalog.format('%I.%I', pn.nspname, p.relname) FROM pg_catalog.pg_class p
             JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace WHERE p.oid = k.confrelid) AS parent,
            pg_catalog.pg_get_expr(k.conbin, k.conrelid) AS expression
     ${from}
     WHERE NOT k.convalidated ${enforced} AND k.contype IN ('c', 'f', 'n') AND k.conparentid = 0 AND ${users} ORDER BY 3, 1`,
  );
  return rows.map((row) => {
    const own = texts(row, "columns");
    const parent = textOrNull(row, "parent");
    return {
      name: text(row, "name"),
      table: text(row, "table"),
      columns: own,
      parent,
      broken: brokenBy(text(row, "type"), own, {
        parent,
        parentColumns: texts(row, "parent_columns"),
        expression: textOrNull(row, "expression"),
      }),
    };
  });
}

function brokenBy(
  type: string,
  columns: readonly string[],
  more: {
    readonly parent: string | null;
    readonly parentColumns: readonly string[];
    readonly expression: string | null;
  },
): string | null {
  const own = columns.map((column) => `checked.${quoteIdentifier(column)}`);
  switch (type) {
    case "f": {
      const pairs = own.map((column, i) => `parent.${quoteIdentifier(more.parentColumns[i] ?? "")} = ${column}`);
      const known = own.map((column) => `${column} IS NOT NULL`);
      return `${known.join(" AND ")} AND NOT EXISTS (SELECT FROM ${more.parent} parent WHERE ${pairs.join(" AND ")})`;
    }
    case "n":
      return `${own[0]} IS NULL`;
    default:
      return more.expression === null ? null : `NOT (${more.expression})`;
  }
}

async function countBroken(session: Session, { table, broken }: Unvalidated): Promise<number> {
  const { rows } = await session.query(
    `SELECT pg_catalog.count(*)::text AS rows FROM (SELECT FROM ${table} checked WHERE ${broken} LIMIT ${mostCounted + 1}) broken`,
  );
  return number(rows[0] ?? {}, "rows");
}
