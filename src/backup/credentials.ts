import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address } from "../database/address.ts";
import { withoutAddresses } from "../process/environment.ts";

/**
 * The environment with which PostgreSQL's programs reach a database. Everybody may read what stands in the arguments of a program, so
 * nothing of the address does, and the password is in a file that only this user may read, for as long as the work takes.
 */
export async function withCredentials<T>(
  address: Address,
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const { password } = address;
  const inFile = password !== null && !/[\n\r]/.test(password);
  const directory = inFile ? await mkdtemp(join(tmpdir(), "lockkeeper-")) : null;
  try {
    let file: string | null = null;
    if (directory !== null && inFile) {
      file = join(directory, "password");
      await writeFile(file, `*:*:*:*:${password.replace(/[\\:]/g, "\\$&")}\n`, { mode: 0o600, flag: "wx" });
    }
    return await work({
      ...withoutAddresses(process.env),
      ...addressOf(address),
      ...(file === null ? {} : { PGPASSFILE: file }),
      // A line cannot hold a line end: this one cannot be in a file.
      ...(password !== null && !inFile ? { PGPASSWORD: password } : {}),
    });
  } finally {
    if (directory !== null) await rm(directory, { recursive: true, force: true });
  }
}

function addressOf({ host, port, user, database, tls }: Address): Readonly<Record<string, string>> {
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGDATABASE: database,
    PGSSLMODE: tls.mode,
    ...(tls.rootCertificate === null ? {} : { PGSSLROOTCERT: tls.rootCertificate }),
    ...(tls.certificate === null ? {} : { PGSSLCERT: tls.certificate }),
    ...(tls.key === null ? {} : { PGSSLKEY: tls.key }),
    PGCONNECT_TIMEOUT: "10",
    PGAPPNAME: "lockkeeper backup",
  };
}
