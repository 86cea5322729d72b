import { readdir, readFile } from "node:fs/promises";
import type { Client } from "pg";
import { lineAt, type Postgres, Refused, runStatements, sendAsOneString } from "../support/postgres.ts";
import type { Chain } from "./chains.ts";
import type { ChainLayout, Runner } from "./expectation.ts";
import { controlsTransaction, type Piece, refusesTransaction, split } from "./split.ts";

/** What PostgreSQL said to one script under one runner. */
export type Answer =
  | { readonly outcome: "runs" }
  | {
      readonly outcome: "blocked";
      readonly sqlstate: string;
      /** Where the refused statement begins; null where the script was one string. */
      readonly line: number | null;
      readonly errorLine: number | null;
      readonly leaves: "nothing" | "part";
    };

/** What PostgreSQL said to the scripts of one migration. */
export interface Played {
  readonly up: Readonly<Record<Runner, Answer>>;
  /** Null where there is no down script, or nothing to undo because the up script never ran. */
  readonly down: Readonly<Record<Runner, Answer>> | null;
}

/**
 * Runs every migration of a chain both ways, each on a database to which the earlier ones were applied: as Lockkeeper applies them,
 * or by the repaired twin of a script that cannot run.
 */
export async function play(postgres: Postgres, chain: Chain): Promise<ReadonlyMap<string, Played>> {
  const played = new Map<string, Played>();
  const prefix = `chains_${chain.name}`;
  let history = `${prefix}_000`;
  await postgres.createDatabase(history);
  for (const { path } of chain.expected.migrations) {
    const from = (template: string) => ({ postgres, template, layout: chain.expected.layout });
    const up = await readFile(new URL(path, chain.migrations), "utf8");
    const down = await downScript(chain, path);
    const applied = `${prefix}_${path.split("_")[0]}`;
    const tool = await attempt({ ...from(history), sql: up, runner: "tool", database: `${prefix}_tool` });
    const lockkeeper = await attempt({
      ...from(history),
      sql: up,
      runner: "lockkeeper",
      database: applied,
      keep: true,
    });
    if (lockkeeper.outcome === "blocked") {
      await postgres.dropDatabase(applied);
      await postgres.createDatabase(applied, { template: history });
      await postgres.withClient(applied, async (client) =>
        runStatements(client, await repaired(new URL(path, chain.fixed))),
      );
    }
    const undo = async (runner: Runner, sql: string) =>
      attempt({ ...from(applied), sql, runner, database: `${prefix}_${runner}_down` });
    played.set(path, {
      up: { tool, lockkeeper },
      down:
        down === null || lockkeeper.outcome === "blocked"
          ? null
          : { tool: await undo("tool", down), lockkeeper: await undo("lockkeeper", down) },
    });
    await postgres.dropDatabase(history);
    history = applied;
  }
  await postgres.dropDatabase(history);
  return played;
}

/** The names of the up scripts in a chain's directory, in order. */
export async function upScripts(chain: Chain): Promise<readonly string[]> {
  return (await readdir(chain.migrations)).filter((name) => !name.endsWith(".down.sql")).sort();
}

/** The down script of a migration, or null. */
export async function downScript(chain: Chain, up: string): Promise<string | null> {
  const down = up.replace(".up.sql", ".down.sql");
  if (down === up || !(await readdir(chain.migrations)).includes(down)) return null;
  return readFile(new URL(down, chain.migrations), "utf8");
}

/** A text that changes whenever a column, index, function, trigger or policy of the schema public does. */
export async function catalogOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ catalog: string }>(`
    SELECT coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), '') AS catalog FROM (
      SELECT format('%s %s %s %s %s', relkind, relname, attname, format_type(atttypid, atttypmod), attnotnull)
        FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        WHERE relnamespace = 'public'::regnamespace
      UNION ALL SELECT format('function %s', oid::regprocedure) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT format('trigger %s on %s', tgname, tgrelid::regclass) FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL SELECT format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
      UNION ALL SELECT format('policy %s on %s', polname, polrelid::regclass) FROM pg_policy
    ) AS lines (line)`);
  return rows[0]?.catalog ?? "";
}

async function attempt(options: {
  readonly postgres: Postgres;
  readonly template: string;
  readonly layout: ChainLayout;
  readonly sql: string;
  readonly runner: Runner;
  readonly database: string;
  readonly keep?: true;
}): Promise<Answer> {
  const { postgres, template, layout, sql, runner, database } = options;
  const catalog = (name: string) => postgres.withClient(name, catalogOf);
  await postgres.createDatabase(database, { template });
  const refused = await postgres.withClient(database, (client) => refusalOf(client, { layout, sql, runner }));
  const answer: Answer =
    refused === null
      ? { outcome: "runs" }
      : {
          outcome: "blocked",
          ...refused,
          leaves: (await catalog(database)) === (await catalog(template)) ? "nothing" : "part",
        };
  if (options.keep !== true) await postgres.dropDatabase(database);
  return answer;
}

interface Refusal {
  readonly sqlstate: string;
  readonly line: number | null;
  readonly errorLine: number | null;
}

async function refusalOf(
  client: Client,
  { layout, sql, runner }: { readonly layout: ChainLayout; readonly sql: string; readonly runner: Runner },
): Promise<Refusal | null> {
  const pieces = split(sql);
  const readable = pieces.every(({ node }) => node !== null);
  // Lockkeeper never runs a script that it cannot read; for PostgreSQL's word on it, it goes there whole.
  const asOneString = runner === "tool" ? layout === "golang-migrate" : !readable;
  const wrapped =
    runner === "lockkeeper" && !pieces.some((piece) => controlsTransaction(piece) || refusesTransaction(piece));
  try {
    if (asOneString) {
      await sendAsOneString(client, sql);
      return null;
    }
    if (wrapped) await client.query("BEGIN");
    await runStatements(
      client,
      pieces.map((piece) => piece.sql),
    );
    if (wrapped) await client.query("COMMIT");
    return null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const piece: Piece | undefined = asOneString ? undefined : pieces[error.statement];
    const errorLine =
      error.position === null
        ? null
        : lineAt(piece?.sql ?? sql, error.position) + (piece === undefined ? 0 : piece.line - 1);
    return { sqlstate: error.code, line: piece?.line ?? null, errorLine };
  }
}

async function repaired(file: URL): Promise<readonly string[]> {
  const sql = await readFile(file, "utf8").catch(() => null);
  return sql === null ? [] : split(sql).map((piece) => piece.sql);
}
