import { key, quoteIdentifier, relation } from "../sql/names.ts";
import type { TypeName } from "./actions.ts";
import type { Catalog } from "./catalog.ts";
import type { Certainty } from "./facts.ts";

/** What PostgreSQL does to a table's storage when a column's type changes. */
export interface TypeChange {
  readonly work: "none" | "index-rebuild" | "rewrite";
  readonly certainty: Certainty;
  /** Values can be refused or cut by the new type: 22001, 22003, 23514 and the like. */
  readonly narrows: boolean;
  readonly why: string;
}

/** The type of a relation's column by its name alone, as a domain's base or a type of the migrations' own. */
function baseOf(type: TypeName, catalog: Catalog): { base: TypeName; constrained: boolean; known: boolean } {
  if (isBuiltin(type)) return { base: type, constrained: false, known: true };
  const own = catalog.type(relation(type.schema, type.name));
  if (own === null) return { base: type, constrained: false, known: false };
  return { base: own.base ?? type, constrained: own.constrained, known: true };
}

/** A type as people write it: integer, not int4. */
export function displayType(type: TypeName): string {
  const name = written[type.name] ?? (isBuiltin(type) ? type.name : quoteIdentifier(type.name));
  const modifiers = type.name === "interval" ? type.modifiers.slice(1) : type.modifiers;
  const shown = modifiers.length === 0 ? name : withModifiers(name, modifiers);
  return `${type.schema === null ? "" : `${quoteIdentifier(type.schema)}.`}${shown}${type.array ? "[]" : ""}`;
}

function withModifiers(name: string, modifiers: readonly number[]): string {
  const list = `(${modifiers.join(",")})`;
  return name.startsWith("timestamp") || name.startsWith("time")
    ? name.replace(/^(timestamp|time)/, `$1${list}`)
    : `${name}${list}`;
}

const written: Readonly<Record<string, string>> = {
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double precision",
  bool: "boolean",
  bpchar: "char",
  char: '"char"',
  timestamptz: "timestamp with time zone",
  timetz: "time with time zone",
  varbit: "bit varying",
};

/**
 * What ALTER COLUMN … TYPE does. The knowledge is PostgreSQL's table of casts (pg_cast) and ATColumnChangeRequiresRewrite:
 * a cast that changes no bytes needs no rewrite; measured on 14 to 18 in test/facts/postgres-facts.json.
 */
export function typeChange(
  from: TypeName | null,
  to: TypeName,
  context: { catalog: Catalog; usingComputes: boolean; timeZone: string | null; collationChanges: boolean },
): TypeChange {
  const target = displayType(to);
  if (context.usingComputes) {
    return { work: "rewrite", certainty: "certain", narrows: true, why: "USING computes every value anew" };
  }
  const after = baseOf(to, context.catalog);
  if (after.constrained) {
    return {
      work: "rewrite",
      certainty: "certain",
      narrows: true,
      why: `${target} is a domain whose check is run on every row`,
    };
  }
  if (from === null) {
    // Nothing is known of the column as it is: only a type that takes the bytes of every type like it is safe to call possible.
    return {
      work: "rewrite",
      certainty: "possible",
      narrows: true,
      why: "the column's present type is not known here",
    };
  }
  const before = baseOf(from, context.catalog);
  const present = displayType(from);
  const change = present === target ? `the collation of ${target}` : `${present} to ${target}`;
  const rewrite: TypeChange = {
    work: "rewrite",
    certainty: "certain",
    narrows: true,
    why: `${change} changes how each value is stored`,
  };
  if (from.array !== to.array) return rewrite;
  if (!before.known && !after.known && key(relation(from.schema, from.name)) === key(relation(to.schema, to.name))) {
    return context.collationChanges ? collation(change) : none(change);
  }
  if (!before.known || !after.known)
    return { ...rewrite, certainty: "possible", why: `${change}: one of the types is not known here` };
  const compared = sameBytes(before.base, after.base, from.array);
  if (compared === null) return rewrite;
  if (compared === "time-zone") return timeZoneChange(change, context.timeZone);
  if (!compared)
    return { ...rewrite, why: `${change} is no plain widening, so every value is checked and written again` };
  if ((before.base.name === "citext") !== (after.base.name === "citext"))
    return { ...collation(change), why: `${change} compares differently` };
  return context.collationChanges ? collation(change) : none(change);
}

function none(change: string): TypeChange {
  return { work: "none", certainty: "certain", narrows: false, why: `${change} changes the catalog only` };
}

function collation(change: string): TypeChange {
  return { work: "index-rebuild", certainty: "certain", narrows: false, why: `${change} sorts differently` };
}

/** timestamp ↔ timestamptz keeps the bytes only where the session's time zone has no offset, which it has since 12. */
function timeZoneChange(change: string, timeZone: string | null): TypeChange {
  if (timeZone !== null && /^(utc|gmt|etc\/utc|etc\/gmt|0|zulu|uct)$/i.test(timeZone)) {
    return {
      work: "index-rebuild",
      certainty: "certain",
      narrows: false,
      why: `${change} keeps its values under TimeZone ${timeZone}`,
    };
  }
  const why =
    timeZone === null
      ? `${change} rewrites unless the session's TimeZone is UTC, and the values themselves depend on it`
      : `${change} converts every value under TimeZone ${timeZone}`;
  return { work: "rewrite", certainty: timeZone === null ? "possible" : "certain", narrows: false, why };
}

/** True where every value keeps its bytes, false where the same type gets narrower, null where the bytes change. */
function sameBytes(from: TypeName, to: TypeName, array: boolean): boolean | null | "time-zone" {
  const family = (name: string): string => (name === "varchar" || name === "text" ? "characters" : name);
  const [fromFirst, fromSecond] = from.modifiers;
  const [toFirst, toSecond] = to.modifiers;
  const pair = `${from.name} ${to.name}`;
  if (pair === "timestamp timestamptz" || pair === "timestamptz timestamp") return array ? null : "time-zone";
  if (
    pair === "cidr inet" ||
    pair === "text citext" ||
    pair === "varchar citext" ||
    pair === "citext text" ||
    pair === "xml text"
  ) {
    return toFirst === undefined;
  }
  if (family(from.name) !== family(to.name)) return null;
  switch (to.name) {
    case "text":
      return true;
    case "varchar":
      return toFirst === undefined || (from.name === "varchar" && fromFirst !== undefined && fromFirst <= toFirst);
    case "varbit":
      return toFirst === undefined || (fromFirst !== undefined && fromFirst <= toFirst);
    case "numeric":
      if (toFirst === undefined) return true;
      return fromFirst !== undefined && fromFirst <= toFirst && (fromSecond ?? 0) === (toSecond ?? 0);
    case "timestamp":
    case "timestamptz":
    case "time":
    case "timetz":
      return toFirst === undefined || (fromFirst !== undefined && fromFirst <= toFirst) || toFirst >= 6;
    case "interval":
      return toSecond === undefined || (fromSecond !== undefined && fromSecond <= toSecond) || toSecond >= 6;
    case "bpchar":
    case "bit":
      return (fromFirst ?? 1) === (toFirst ?? 1);
    default:
      return from.modifiers.join() === to.modifiers.join();
  }
}

/** Whether adding a column of this type needs a look at every row: a domain that checks its values. Null where the type is not known. */
export function checksValues(type: TypeName, catalog: Catalog): boolean | null {
  const { constrained, known } = baseOf(type, catalog);
  return known ? constrained : null;
}

function isBuiltin(type: TypeName): boolean {
  return type.schema === null && builtins.has(type.name);
}

/** PostgreSQL's own types that a column can have, and those of the extensions that ship with it; none of them is a domain with a check. */
const builtins: ReadonlySet<string> = new Set(
  (
    "bool bytea char name int8 int2 int4 text oid tid xid cid xid8 json xml point lseg path box polygon line float4 float8 circle " +
    "money macaddr macaddr8 inet cidr bpchar varchar date time timestamp timestamptz interval timetz bit varbit numeric uuid pg_lsn " +
    "tsvector tsquery jsonb jsonpath int4range numrange tsrange tstzrange daterange int8range int4multirange nummultirange " +
    "tsmultirange tstzmultirange datemultirange int8multirange regclass regproc regprocedure regoper regoperator regtype regrole " +
    "regnamespace regconfig regdictionary regcollation citext hstore ltree lquery ltxtquery cube seg vector halfvec sparsevec " +
    "geometry geography box2d box3d raster"
  ).split(" "),
);
