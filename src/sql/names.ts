import type { Database } from "../config/config.ts";

/** A table, view, index, sequence: anything that has a name in a schema. A null schema is `public`, or the search path's first. */
export interface Relation {
  readonly schema: string | null;
  readonly name: string;
}

/** The relation of these parts, with `public` written as no schema so that both spellings are the same relation. */
export function relation(schema: string | null | undefined, name: string | undefined): Relation {
  return { schema: schema === undefined || schema === "public" || schema === "" ? null : schema, name: name ?? "" };
}

/** A key that two relations share when they are the same. Not for people: see display. */
export function key(of: Relation): string {
  return of.schema === null ? of.name : `${of.schema}\u0000${of.name}`;
}

/** The name as people read it: unquoted, the schema left out for public. */
export function display(of: Relation): string {
  return of.schema === null ? of.name : `${of.schema}.${of.name}`;
}

/** The name as SQL needs it. */
export function quoted(of: Relation): string {
  return of.schema === null ? quoteIdentifier(of.name) : `${quoteIdentifier(of.schema)}.${quoteIdentifier(of.name)}`;
}

export function same(a: Relation, b: Relation): boolean {
  return a.name === b.name && a.schema === b.schema;
}

export function includes(relations: readonly Relation[], one: Relation): boolean {
  return relations.some((each) => same(each, one));
}

/** An identifier as SQL needs it: as it stands when it is a plain lower-case word and no reserved one, quoted otherwise. */
export function quoteIdentifier(name: string): string {
  if (/^[a-z_][a-z0-9_$]*$/.test(name) && !reserved.has(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/** How a database's SQL writes names. */
export interface Quoting {
  table(of: Relation): string;
  name(name: string): string;
}

/** Other databases' names are quoted always: their reserved words are many, and others in each version. */
export function quotingOf(dialect: Database): Quoting {
  const isMysql = dialect === "mysql" || dialect === "mariadb";
  const quote = isMysql ? "`" : '"';
  const name = (text: string): string =>
    dialect === "postgresql" ? quoteIdentifier(text) : `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
  return { name, table: (of) => (of.schema === null ? name(of.name) : `${name(of.schema)}.${name(of.name)}`) };
}

/** The words that PostgreSQL does not take as a column or table name without quotes (pg_get_keywords(), catcode R and T, 18). */
const reserved: ReadonlySet<string> = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column " +
    "concurrently constraint create cross current_catalog current_date current_role current_schema current_time " +
    "current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from " +
    "full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime " +
    "localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning " +
    "right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user " +
    "using variadic verbose when where window with"
  ).split(" "),
);

/** PostgreSQL's own limit: longer identifiers are cut to 63 bytes (NAMEDATALEN - 1). */
export const longestIdentifierBytes = 63;
