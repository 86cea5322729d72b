import { readdir, realpath, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { UserError } from "../errors.ts";
import { run } from "../process/run.ts";
import { list } from "../text.ts";

/** PostgreSQL's own programs of one version. */
export interface PostgresClient {
  readonly dump: string;
  readonly dumpAll: string;
  readonly restore: string;
  /** As the program says it: 15.18. */
  readonly version: string;
  readonly major: number;
}

/** Where packages put them, each with a directory for a version. */
const places: readonly (readonly [parent: string, directory: RegExp, below: string])[] = [
  ["/usr/lib/postgresql", /^\d+$/, "bin"],
  ["/usr", /^pgsql-\d+$/, "bin"],
  ["/usr/local", /^pgsql(-\d+)?$/, "bin"],
  ["/usr/libexec", /^postgresql\d+$/, ""],
  ["/opt/homebrew/opt", /^(postgresql@\d+|postgresql|libpq)$/, "bin"],
  ["/usr/local/opt", /^(postgresql@\d+|postgresql|libpq)$/, "bin"],
  ["/Library/PostgreSQL", /^\d+$/, "bin"],
  ["/Applications/Postgres.app/Contents/Versions", /^\d+$/, "bin"],
  ["C:\\Program Files\\PostgreSQL", /^\d+$/, "bin"],
];

export interface Wanted {
  /** The server's, as it counts: 150018. */
  readonly serverVersion: number;
  /** The only directory that is looked into; null: all of them. */
  readonly directory: string | null;
}

/**
 * The installed client that fits: that of the server's own major version, or else the next newer one. pg_dump refuses a server that is
 * newer than itself. Throws UserError, which says how to get one.
 */
export async function findClient({ serverVersion, directory }: Wanted): Promise<PostgresClient> {
  const server = Math.floor(serverVersion / 10_000);
  const clients = await installed(directory === null ? await directories() : [directory], server);
  const fitting = clients.filter(({ major }) => major >= server).toSorted((a, b) => a.major - b.major);
  const best = fitting[0];
  if (best !== undefined) return best;
  const found = [...new Set(clients.map(({ version }) => version))];
  const where = directory === null ? "on this machine" : `in ${directory}`;
  throw new UserError(
    clients.length === 0 ? "client-missing" : "client-too-old",
    clients.length === 0
      ? `There is no pg_dump ${where}.`
      : `The server is PostgreSQL ${server}, and pg_dump ${where} is ${list(found)}: it refuses servers newer than itself.`,
    { hint: howToGet(server, directory) },
  );
}

function howToGet(server: number, directory: string | null): string {
  if (directory !== null)
    return `let backup.client in the config name the bin directory of PostgreSQL ${server}, or leave it out.`;
  return `install the client of PostgreSQL ${server}: on Debian and Ubuntu, with the packages of apt.postgresql.org, "sudo apt-get install -y postgresql-common && sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y && sudo apt-get install -y postgresql-client-${server}"; elsewhere, name its bin directory as backup.client in the config.`;
}

async function directories(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [parent, form, below] of places) {
    const names = await readdir(parent).catch(() => []);
    for (const name of names) if (form.test(name)) found.push(join(parent, name, below));
  }
  // What the PATH finds comes last: on Debian it is a script that chooses a version by itself.
  return [...found, ...(process.env.PATH ?? "").split(delimiter).filter((each) => each !== "")];
}

/** All that are found, up to the one that fits best. */
async function installed(searched: readonly string[], best: number): Promise<readonly PostgresClient[]> {
  const clients: PostgresClient[] = [];
  const seen = new Set<string>();
  for (const directory of searched) {
    const program = (name: string): string => join(directory, process.platform === "win32" ? `${name}.exe` : name);
    const dump = program("pg_dump");
    const real = await realpath(dump).catch(() => null);
    if (real === null || seen.has(real) || !(await isFile(program("pg_restore")))) continue;
    seen.add(real);
    const version = await versionOf(dump);
    if (version === null) continue;
    const major = Number.parseInt(version, 10);
    clients.push({ dump, dumpAll: program("pg_dumpall"), restore: program("pg_restore"), version, major });
    if (major === best) break;
  }
  return clients;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function versionOf(program: string): Promise<string | null> {
  const ended = await run(program, ["--version"], { cwd: ".", timeoutMs: 10_000, maxBytes: 10_000 });
  if (ended.kind !== "ran" || ended.status !== 0) return null;
  return /\(PostgreSQL\) (\d+(?:\.\d+)*\w*)/.exec(ended.stdout.toString("utf8"))?.[1] ?? null;
}

/** Whether this client was built with zstd: it says so before it connects to anything. */
export async function knowsZstd({ dump, major }: PostgresClient): Promise<boolean> {
  if (major < 16) return false;
  const nowhere = { PGHOST: "/nonexistent", PGCONNECT_TIMEOUT: "1" };
  const args = ["--format=custom", "--compress=zstd", "--no-password", "--file=/dev/null"];
  const ended = await run(dump, args, { cwd: ".", env: nowhere, timeoutMs: 10_000, maxBytes: 100_000 });
  return ended.kind === "ran" && ended.status !== 0 && !/compress/i.test(ended.stderr);
}
