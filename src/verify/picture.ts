import { performance } from "node:perf_hooks";
import { flag, number, type Row, text, textOrNull } from "../database/rows.ts";
import type { Session } from "../database/session.ts";
import { validConstraints } from "./constraints.ts";
import { ask, askMany } from "./looking.ts";

/** What is kept of a database before migrations, to compare it with afterwards. */
export interface Picture {
  readonly schema: 1;
  readonly time: string;
  readonly database: string;
  readonly systemIdentifier: string | null;
  /** By name as SQL writes it; null: it could not be counted in time. */
  readonly tables: Readonly<Record<string, number | null>>;
  /** Each as "table name". */
  readonly validConstraints: readonly string[];
  /** By the name of the check: how long its query took. */
  readonly queriesMs: Readonly<Record<string, number>>;
}

/** Everything but how long queries take, which is measured by the checks themselves. */
export async function takePicture(
  session: Session,
  limits: { readonly timeoutMs: number; readonly countRowsForMs: number },
  queriesMs: Readonly<Record<string, number>>,
): Promise<Picture> {
  const about = await ask(session, limits, async () => {
    const { rows } = await session.query(
      `SELECT pg_catalog.current_database()::text AS database,
              pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS time`,
    );
    return rows[0] ?? {};
  });
  const identifier = await ask(session, limits, async () => {
    const { rows } = await session.query("SELECT system_identifier::text AS id FROM pg_catalog.pg_control_system()");
    return textOrNull(rows[0] ?? {}, "id");
  }).catch(() => null);
  return {
    schema: 1,
    time: text(about ?? {}, "time"),
    database: text(about ?? {}, "database"),
    systemIdentifier: identifier,
    tables: Object.fromEntries(await rowsOf(session, { timeoutMs: limits.countRowsForMs })),
    validConstraints: (await ask(session, limits, () => validConstraints(session))) ?? [],
    queriesMs,
  };
}

/** The rows of every table, the small ones first, for as long as it may take. */
export async function rowsOf(
  session: Session,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<ReadonlyMap<string, number | null>> {
  const deadline = performance.now() + timeoutMs;
  const names = await ask(session, { timeoutMs }, async () => {
    const { rows } = await session.query(
      `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
              (c.relpages <= ${smallPages} AND pg_catalog.pg_stat_get_live_tuples(c.oid) <= ${smallRows}) AS small
       FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lockkeeper') ORDER BY c.relpages, 1`,
    );
    return rows.map((row) => ({ name: text(row, "name"), small: flag(row, "small") }));
  });
  const small = (names ?? []).flatMap((each) => (each.small ? [each.name] : []));
  // What turns out not to be small after all must not use up the time of all.
  const limits = { timeoutMs: Math.min(timeoutMs / 2, 2_000), first: asOwner };
  const together = await askMany(session, limits, { all: small, query: countOf });
  const counted = new Map<string, number | null>();
  for (const { name } of names ?? []) {
    const leftMs = deadline - performance.now();
    const alone = async (): Promise<Row> => (await session.query(asOwner + countOf(name))).rows[0] ?? {};
    const known = together.get(name);
    // A table that this role may not read is not counted either.
    const row = known ?? (leftMs < 1 ? null : await ask(session, { timeoutMs: leftMs }, alone).catch(() => null));
    counted.set(name, row === null ? null : number(row, "rows"));
  }
  return counted;
}

/** What can be counted in a few milliseconds: 8 MB. */
const smallPages = 1_000;
const smallRows = 100_000;

/** What row security hides is an error rather than a smaller number. */
const asOwner = "SET LOCAL row_security = off; ";

function countOf(table: string): string {
  return `SELECT pg_catalog.count(*)::text AS rows FROM ONLY ${table}`;
}

/** A picture out of its file; null where it is none. */
export function readPicture(text: string): Picture | null {
  const value = parsed(text);
  if (value === null || Reflect.get(value, "schema") !== 1) return null;
  const [time, database, identifier] = ["time", "database", "systemIdentifier"].map((key) => Reflect.get(value, key));
  const tables = numbers(Reflect.get(value, "tables"));
  const queriesMs = numbers(Reflect.get(value, "queriesMs"));
  const constraints: unknown = Reflect.get(value, "validConstraints");
  if (typeof time !== "string" || typeof database !== "string" || tables === null || queriesMs === null) return null;
  if (!Array.isArray(constraints)) return null;
  return {
    schema: 1,
    time,
    database,
    systemIdentifier: typeof identifier === "string" ? identifier : null,
    tables: Object.fromEntries(tables),
    validConstraints: constraints.filter((each) => typeof each === "string"),
    queriesMs: Object.fromEntries(queriesMs.flatMap(([name, ms]) => (ms === null ? [] : [[name, ms]]))),
  };
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function numbers(value: unknown): readonly (readonly [string, number | null])[] | null {
  if (typeof value !== "object" || value === null) return null;
  const entries = Object.entries(value).map(([name, each]): readonly [string, unknown] => [name, each]);
  const read = entries.flatMap(([name, each]): readonly (readonly [string, number | null])[] =>
    each === null || typeof each === "number" ? [[name, each]] : [],
  );
  return read.length === entries.length ? read : null;
}
