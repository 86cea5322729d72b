import { randomBytes } from "node:crypto";
import type { Address } from "../database/address.ts";
import { connectOrSay } from "../database/connect.ts";
import { DatabaseError } from "../database/errors.ts";
import { text } from "../database/rows.ts";
import type { Session } from "../database/session.ts";
import { follow } from "../process/follow.ts";
import type { Manifest } from "../report/manifest.ts";
import { quoteIdentifier } from "../sql/names.ts";
import type { PostgresClient } from "./client.ts";
import { differences, type Found } from "./compare.ts";
import { countLargeObjects, countRows, readSequences, readTables } from "./contents.ts";
import { withCredentials } from "./credentials.ts";
import { isDone, linesOf, programFailed, type Surroundings } from "./dump.ts";
import { BackupFailed } from "./failure.ts";

/** A server on which a database may be made and dropped again. */
export interface Scratch {
  readonly address: Address;
}

interface Restore {
  readonly manifest: Manifest;
  readonly archive: string;
  readonly client: PostgresClient;
  readonly scratch: Scratch;
  readonly jobs: number;
}

/** Restores the archive into a new database, compares it with the manifest, and drops it. Returns what differs. */
export async function restoreAndCompare(
  request: Restore,
  around: Surroundings,
  say: (what: string) => void,
): Promise<readonly string[]> {
  const { manifest, scratch } = request;
  const session = await connectOrSay(scratch.address, { name: "lockkeeper proof" });
  const database = `lockkeeper_proof_${randomBytes(6).toString("hex")}`;
  const roles: string[] = [];
  try {
    await asFailure(() => createDatabase(session, database, manifest.encoding));
    try {
      roles.push(...(await makeRoles(session, manifest.policyRoles)));
      const address = { ...scratch.address, database };
      say(`Proof: restoring into the scratch database ${database}`);
      await restore(request, address, around, session.serverVersion);
      say("Proof: comparing it with the manifest");
      return differences(manifest, await contentsOf(address, manifest));
    } finally {
      await session.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    }
  } finally {
    for (const role of roles)
      await session.query(`DROP ROLE IF EXISTS ${quoteIdentifier(role)}`).catch(() => undefined);
    await session.close();
  }
}

async function createDatabase(session: Session, name: string, encoding: string): Promise<void> {
  const create = `CREATE DATABASE ${name} TEMPLATE template0 ENCODING '${encoding.replaceAll("'", "''")}'`;
  try {
    await session.query(create);
  } catch (thrown) {
    // An encoding that the locale of this server cannot have.
    if (!(thrown instanceof DatabaseError) || thrown.sqlstate !== "22023") throw thrown;
    await session.query(`${create} LC_COLLATE 'C' LC_CTYPE 'C'`);
  }
}

/** Policies cannot be restored without the roles that they name; these can do nothing, and go again. */
async function makeRoles(session: Session, roles: readonly string[]): Promise<readonly string[]> {
  if (roles.length === 0) return [];
  const { rows } = await session.query("SELECT rolname::text AS role FROM pg_catalog.pg_roles");
  const there = new Set(rows.map((row) => text(row, "role")));
  const missing = roles.filter((role) => !there.has(role));
  for (const role of missing) {
    await asFailure(() => session.query(`CREATE ROLE ${quoteIdentifier(role)} NOLOGIN`));
  }
  return missing;
}

/** Owners, grants and subscriptions are the other server's; the first error ends it. */
async function restore(
  { manifest, archive, client, jobs }: Restore,
  address: Address,
  around: Surroundings,
  serverVersion: number,
): Promise<void> {
  // Since 17 pg_restore sets a parameter that older servers do not know, and says of the rest that it has been restored.
  const isOlder = client.major >= 17 && serverVersion < 170_000;
  const args = [
    `--dbname=${address.database}`,
    `--jobs=${jobs}`,
    "--no-owner",
    "--no-acl",
    "--no-publications",
    "--no-subscriptions",
    "--no-password",
    ...(isOlder ? [] : ["--exit-on-error"]),
    archive,
  ];
  const ended = await withCredentials(address, (env) =>
    follow(client.restore, args, { ...around, env, stdout: { kind: "nowhere" }, timeoutMs: null }),
  );
  if (isDone(ended)) return;
  if (ended.kind !== "ended" || ended.signal !== null) throw programFailed("stopped", "pg_restore", ended, around.mask);
  if (isOlder && isOnlyUnknownTimeout(ended.said)) return;
  const details = linesOf(ended, around.mask);
  throw new BackupFailed("backup-not-restorable", `The backup ${manifest.id} cannot be restored.`, {
    details,
    hint: "the scratch server needs the extensions and the version of the database; if it has them, make another backup.",
  });
}

/** Whether everything that pg_restore calls an error is the one about transaction_timeout, each job's own. Longer texts lack their beginning. */
export function isOnlyUnknownTimeout(said: string): boolean {
  const all = said.match(/^pg_restore: error: .*$/gm) ?? [];
  const isKnown = (line: string): boolean => /unrecognized configuration parameter "transaction_timeout"$/.test(line);
  return said.length < 15_000 && all.length > 0 && all.every(isKnown) && /errors ignored on restore: \d+$/.test(said);
}

async function contentsOf(address: Address, { contents }: Manifest): Promise<Found> {
  const session = await connectOrSay(address, { name: "lockkeeper proof" });
  try {
    await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const shapes = await readTables(session);
    const limitMs = contents === "schema" ? 0 : 24 * 3_600_000;
    return {
      tables: await countRows(session, shapes, { limitMs }),
      sequences: await readSequences(session),
      largeObjects: await countLargeObjects(session),
    };
  } finally {
    await session.close();
  }
}

async function asFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError)) throw thrown;
    throw new BackupFailed("scratch-refused", "The scratch server lets no database be made for the proof.", {
      details: [`${thrown.message} (${thrown.sqlstate ?? "no answer"})`],
      hint: "its role needs CREATEDB, and CREATEROLE where row security policies name roles that are not there.",
    });
  }
}
