/** Writes src/facts/builtins.ts from the pg_proc of the embedded PostgreSQL: `npx tsx scripts/builtin-functions.ts`. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Client } from "pg";
import { startPostgres } from "../test/support/postgres.ts";

/** A function name of pg_catalog that SQL can call, and whether any overload of it is volatile. */
export interface BuiltinFunction {
  readonly name: string;
  readonly volatile: boolean;
}

/** Reads PostgreSQL's own functions, aggregates and window functions, but for the handlers that only the server calls. */
export async function readBuiltinFunctions(client: Client): Promise<readonly BuiltinFunction[]> {
  const { rows } = await client.query<BuiltinFunction>(`
    SELECT proname AS name, bool_or(provolatile = 'v') AS volatile
    FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind IN ('f', 'w', 'a')
      AND NOT 'internal'::regtype = ANY (proargtypes) AND prorettype <> 'internal'::regtype
      AND prorettype::regtype::text NOT LIKE '%\\_handler'
    GROUP BY proname
    ORDER BY proname COLLATE "C"`);
  return rows;
}

function wrapped(names: readonly string[]): string {
  const lines = [""];
  for (const name of names) {
    const line = lines.at(-1) ?? "";
    if (line.length + 1 + name.length <= 120) lines[lines.length - 1] = line === "" ? name : `${line} ${name}`;
    else lines.push(name);
  }
  return `\`\n${lines.join("\n")}\n\``;
}

function source(functions: readonly BuiltinFunction[], serverVersion: string): string {
  const names = (volatile: boolean) =>
    wrapped(functions.filter((one) => one.volatile === volatile).map((one) => one.name));
  return `// Generated from the pg_proc of PostgreSQL ${serverVersion}; make it again with: npx tsx scripts/builtin-functions.ts

/** Functions of which at least one overload is volatile: called in a column default, each row gets a value of its own. */
const volatileNames = ${names(true)};

/** Functions of which every overload is immutable or stable. */
const steadyNames = ${names(false)};

/** What pg_proc says of a function: the worst of its overloads. */
export type BuiltinVolatility = "immutable-or-stable" | "volatile";

// Filled at the first question, so that a run without function calls does not pay for it.
const known = new Map<string, BuiltinVolatility>();

/** The volatility of one of PostgreSQL's own functions (schema pg_catalog), by its unqualified name; null for any other name. */
export function builtinVolatility(name: string): BuiltinVolatility | null {
  if (known.size === 0) {
    for (const steady of steadyNames.trim().split(/\\s/)) known.set(steady, "immutable-or-stable");
    for (const volatile of volatileNames.trim().split(/\\s/)) known.set(volatile, "volatile");
  }
  return known.get(name) ?? null;
}
`;
}

async function write(): Promise<void> {
  const postgres = await startPostgres();
  try {
    const text = await postgres.withClient("postgres", async (client) => {
      const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
      return source(await readBuiltinFunctions(client), rows[0]?.server_version ?? "");
    });
    await writeFile(new URL("../src/facts/builtins.ts", import.meta.url), text);
  } finally {
    await postgres.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await write();
