import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, isSocket } from "../database/address.ts";
import { withoutAddresses } from "../process/environment.ts";

/**
 * The environment with which PostgreSQL's programs reach a database. Everybody may read what stands in the arguments of a program, so
 * nothing of the address does, and secrets are in files that only this user may read, for as long as the work takes.
 */
export async function withCredentials<T>(
  address: Address,
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const { password, tls } = address;
  // A line cannot hold a line end: such a one cannot be in a file.
  const inFile = password !== null && !/[\n\r]/.test(password);
  const directory = inFile || tls.keyPassword !== null ? await mkdtemp(join(tmpdir(), "lockkeeper-")) : null;
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(directory ?? tmpdir(), name);
    await writeFile(path, text, { mode: 0o600, flag: "wx" });
    return path;
  };
  try {
    return await work({
      ...withoutAddresses(process.env),
      ...addressOf(address),
      ...(inFile ? { PGPASSFILE: await write("password", `*:*:*:*:${password.replace(/[\\:]/g, "\\$&")}\n`) } : {}),
      ...(password !== null && !inFile ? { PGPASSWORD: password } : {}),
      ...(password === null && address.passwordFile !== null ? { PGPASSFILE: address.passwordFile } : {}),
      // Of the key's password libpq takes no variable, but a service has it.
      ...(tls.keyPassword === null
        ? {}
        : {
            PGSERVICE: "lockkeeper",
            PGSERVICEFILE: await write("service", `[lockkeeper]\nsslpassword=${tls.keyPassword}\n`),
          }),
    });
  } finally {
    if (directory !== null) await rm(directory, { recursive: true, force: true });
  }
}

function addressOf(address: Address): Readonly<Record<string, string>> {
  const { hosts, user, database, tls, options } = address;
  const verifies = tls.mode === "verify-full" && tls.rootCertificate === null;
  const all: Readonly<Record<string, string | null>> = {
    PGHOST: hosts.map(({ host }) => host).join(","),
    PGPORT: hosts.map(({ port }) => port).join(","),
    PGUSER: user,
    PGDATABASE: database,
    PGSSLMODE: hosts.every(({ host }) => isSocket(host)) ? "disable" : tls.mode,
    // libpq knows no authorities of its own; from 16 on it takes the system's.
    PGSSLROOTCERT: verifies ? "system" : tls.rootCertificate,
    PGSSLCERT: tls.certificate,
    PGSSLKEY: tls.key,
    PGSSLNEGOTIATION: tls.direct ? "direct" : null,
    PGSSLMINPROTOCOLVERSION: tls.minVersion,
    PGSSLMAXPROTOCOLVERSION: tls.maxVersion,
    PGCHANNELBINDING: address.channelBinding === "prefer" ? null : address.channelBinding,
    PGTARGETSESSIONATTRS: address.wants === "any" ? null : address.wants,
    PGOPTIONS: options,
    PGCONNECT_TIMEOUT: String(Math.ceil(address.connectTimeoutMs / 1_000)),
    PGAPPNAME: "lockkeeper backup",
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
  );
}
