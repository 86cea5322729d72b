import { key, type Relation, relation } from "../../sql/names.ts";
import { type Node, stringsOf, walk } from "../../sql/nodes.ts";
import type { Fill } from "../actions.ts";
import { builtinVolatility } from "../builtins.ts";
import type { Catalog } from "../catalog.ts";

/** The functions that an expression or a whole statement calls, in any depth. */
export function functionsIn(node: object | undefined): Relation[] {
  const found: Relation[] = [];
  walk(node, {
    FuncCall(call) {
      const parts = stringsOf(call.funcname);
      found.push(relation(parts.at(-2), parts.at(-1)));
      return true;
    },
  });
  return found;
}

/** The columns that an expression reads, each once, without their table's name. */
export function columnsIn(node: object | undefined): string[] {
  const found = new Set<string>();
  walk(node, {
    ColumnRef(column) {
      const last = stringsOf(column.fields).at(-1);
      if (last !== undefined) found.add(last);
      return true;
    },
  });
  return [...found];
}

/** The relations that a query reads, each once; the names of its own WITH queries are none. */
export function relationsIn(node: object | undefined): Relation[] {
  const own = new Set<string>();
  walk(node, {
    CommonTableExpr(query) {
      own.add(query.ctename ?? "");
      return true;
    },
  });
  const found = new Map<string, Relation>();
  walk(node, {
    RangeVar(range) {
      if (range.schemaname === undefined && own.has(range.relname ?? "")) return true;
      const one = relation(range.schemaname, range.relname);
      found.set(key(one), one);
      return true;
    },
  });
  return [...found.values()];
}

/** Whether an expression gives every row the same value, so that a default of it needs no rewrite of the table. */
export function volatilityOf(expression: Node | undefined, catalog: Catalog): Fill {
  let fill: Fill = "constant";
  for (const called of functionsIn(expression)) {
    const volatility = functionVolatility(called, catalog);
    if (volatility === "volatile") return "volatile";
    if (volatility === null) fill = "unknown";
  }
  return fill;
}

/** "stable" stands for immutable too: both give one value for a whole statement. Null where nothing is known of the function. */
export function functionVolatility(called: Relation, catalog: Catalog): "volatile" | "stable" | null {
  const own = catalog.function(called);
  if (own !== null) {
    if (own.volatility !== null) return own.volatility === "volatile" ? "volatile" : "stable";
    // A function without a label is volatile, but the planner may replace an SQL function by its body (since 12), and then that decides.
    return own.language === "sql" ? null : "volatile";
  }
  if (called.schema === null || called.schema === "pg_catalog") {
    const builtin = builtinVolatility(called.name);
    if (builtin !== null) return builtin === "volatile" ? "volatile" : "stable";
  }
  return volatileInExtensions.has(called.name) ? "volatile" : null;
}

/** Functions of the extensions that ship with PostgreSQL which make a value for each row (uuid-ossp and pgcrypto documentation). */
const volatileInExtensions: ReadonlySet<string> = new Set([
  "uuid_generate_v1",
  "uuid_generate_v1mc",
  "uuid_generate_v4",
  "gen_random_bytes",
  "gen_salt",
]);
