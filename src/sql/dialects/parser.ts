import type { Dialect } from "./dialect.ts";

/** What node-sql-parser says of one statement: its own tree, of which nothing is known before it is looked at. */
export type Parsed = { readonly kind: "parsed"; readonly tree: unknown } | { readonly kind: "refused" };

export interface Parser {
  parse(sql: string): Parsed;
}

interface Package {
  readonly Parser: new () => { astify(sql: string, options: { readonly database: string }): unknown };
}

const opened = new Map<Dialect, Promise<Parser>>();

/** Loads the parser of one dialect, the first time that a file of it has a query: each has 200 to 280 KB. */
export function openParser(dialect: Dialect): Promise<Parser> {
  const known = opened.get(dialect) ?? load(dialect).then((loaded) => wrap(loaded, dialect));
  opened.set(dialect, known);
  return known;
}

async function load(dialect: Dialect): Promise<unknown> {
  switch (dialect) {
    case "sqlite":
      return import("node-sql-parser/build/sqlite.js");
    case "mysql":
      return import("node-sql-parser/build/mysql.js");
    case "mariadb":
      return import("node-sql-parser/build/mariadb.js");
  }
}

function wrap(loaded: unknown, dialect: Dialect): Parser {
  // A CommonJS module: Node puts what it exports under `default`.
  const module = loaded as Package & { readonly default?: Package };
  const parser = new (module.default ?? module).Parser();
  return {
    parse(sql) {
      try {
        const tree = parser.astify(sql, { database: dialect });
        if (!Array.isArray(tree)) return { kind: "parsed", tree };
        // The lexer found one statement in the text.
        return tree.length === 1 ? { kind: "parsed", tree: tree[0] } : { kind: "refused" };
      } catch {
        // A syntax error, an error of its own, or a stack that was too small for its recursion: it is not the database's word.
        return { kind: "refused" };
      }
    },
  };
}
