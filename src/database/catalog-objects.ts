import type { FunctionFacts, MutableCatalog } from "../facts/catalog.ts";
import { key, relation } from "../sql/names.ts";
import { readScript } from "../sql/parse.ts";
import type { Grammar } from "../sql/postgres.ts";
import type { LazyBody, RoutineBody } from "../sql/script.ts";
import { nameIn, tableOf, typeOf, usersSchemas } from "./catalog-tables.ts";
import { flag, number, text, textOrNull, texts } from "./rows.ts";
import type { Session } from "./session.ts";

export async function readTypes(session: Session, catalog: MutableCatalog): Promise<void> {
  const { rows } = await session.query(
    `SELECT n.nspname::text AS schema, t.typname::text AS name, t.typtype::text AS kind,
            ARRAY(SELECT v.enumlabel::text FROM pg_catalog.pg_enum v WHERE v.enumtypid = t.oid ORDER BY v.enumsortorder) AS values,
            t.typnotnull OR EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid) AS constrained,
            bn.nspname::text AS type_schema, COALESCE(e.typname, b.typname)::text AS type, e.oid IS NOT NULL AS is_array,
            pg_catalog.format_type(t.typbasetype, t.typtypmod) AS written
     FROM pg_catalog.pg_type t
     JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
     LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
     LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
     LEFT JOIN pg_catalog.pg_type e ON b.typlen = -1 AND e.oid = b.typelem AND e.typarray = b.oid
     LEFT JOIN pg_catalog.pg_namespace bn ON bn.oid = COALESCE(e.typnamespace, b.typnamespace)
     WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'b' AND t.typelem = 0 OR c.relkind = 'c') AND ${usersSchemas}
     ORDER BY t.oid`,
  );
  for (const row of rows) {
    const kind = text(row, "kind");
    const name = key(nameIn(row));
    if (kind === "e") {
      catalog.types.set(name, { kind: "enum", constrained: false, base: null, values: texts(row, "values") });
    } else if (kind === "d") {
      catalog.types.set(name, { kind: "domain", constrained: flag(row, "constrained"), base: typeOf(row) });
    } else {
      catalog.types.set(name, { kind: "other", constrained: false, base: null });
    }
  }
}

/** Sequences and extended statistics. */
export async function readNames(session: Session, catalog: MutableCatalog): Promise<void> {
  const sequences = await session.query(
    `SELECT n.nspname::text AS schema, c.relname::text AS name
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'S' AND ${usersSchemas}`,
  );
  for (const row of sequences.rows) catalog.sequences.add(key(nameIn(row)));
  const statistics = await session.query(
    `SELECT n.nspname::text AS schema, s.stxname::text AS name, cn.nspname::text AS table_schema, c.relname::text AS table_name
     FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
     JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
     WHERE ${usersSchemas}`,
  );
  for (const row of statistics.rows) {
    catalog.statistics.set(key(nameIn(row)), [relation(text(row, "table_schema"), text(row, "table_name"))]);
  }
}

export async function readTriggers(session: Session, catalog: MutableCatalog): Promise<void> {
  const { rows } = await session.query(
    `SELECT n.nspname::text AS schema, c.relname::text AS name, t.tgname::text AS trigger,
            pn.nspname::text AS function_schema, p.proname::text AS function_name
     FROM pg_catalog.pg_trigger t
     JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
     WHERE NOT t.tgisinternal AND ${usersSchemas} ORDER BY t.oid`,
  );
  for (const row of rows) {
    const calls = relation(text(row, "function_schema"), text(row, "function_name"));
    tableOf(catalog, row)?.triggers.set(text(row, "trigger"), calls);
  }
}

/** Functions and procedures, without those of extensions. Of several with one name, only what holds for all of them is known. */
export async function readFunctions(session: Session, catalog: MutableCatalog, grammar: () => Grammar): Promise<void> {
  const { rows } = await session.query(
    `SELECT n.nspname::text AS schema, p.proname::text AS name, l.lanname::text AS language, p.provolatile::text AS volatility,
            pg_catalog.count(*) OVER (PARTITION BY p.pronamespace, p.proname)::int AS overloads,
            CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN pg_catalog.pg_get_functiondef(p.oid) END AS definition
     FROM pg_catalog.pg_proc p
     JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN pg_catalog.pg_language l ON l.oid = p.prolang
     WHERE p.prokind IN ('f', 'p') AND ${usersSchemas} AND NOT EXISTS (
       SELECT FROM pg_catalog.pg_depend d
       WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')`,
  );
  for (const row of rows) {
    const name = key(nameIn(row));
    const definition = textOrNull(row, "definition");
    const volatility = volatilities.get(text(row, "volatility")) ?? null;
    const same = catalog.functions.get(name);
    catalog.functions.set(name, {
      language: text(row, "language"),
      volatility: same === undefined || same.volatility === volatility ? volatility : "volatile",
      body: definition === null || number(row, "overloads") > 1 ? null : bodyOf(definition, grammar),
    });
  }
}

const volatilities: ReadonlyMap<string, FunctionFacts["volatility"]> = new Map([
  ["i", "immutable"],
  ["s", "stable"],
  ["v", "volatile"],
]);

/** Read only when a migration calls it. */
function bodyOf(definition: string, grammar: () => Grammar): LazyBody {
  let known: RoutineBody | null = null;
  return {
    get known() {
      return known;
    },
    async read() {
      if (known !== null) return known;
      const [piece] = (await readScript(definition, grammar())).pieces;
      const body = piece?.kind === "statement" ? piece.body : null;
      known = body === null ? { kind: "unread", why: "its definition cannot be read" } : await body.read();
      return known;
    },
  };
}
