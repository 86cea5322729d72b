import { readFileSync, statSync } from "node:fs";
import { type Host, isSocket } from "./address.ts";

/** For whom a password is looked up. */
export interface Login extends Host {
  readonly user: string;
  readonly database: string;
}

/**
 * The password in a file as libpq's ~/.pgpass: host:port:database:user:password, the first line that fits. Null where there is none, and, as
 * libpq has it, where others may read the file.
 */
export function passwordIn(path: string | null, login: Login): string | null {
  const text = path === null ? null : readPrivate(path);
  if (text === null) return null;
  // A socket goes by the name of this machine.
  const hosts = isSocket(login.host) ? ["localhost", login.host] : [login.host];
  const wanted = [hosts, [String(login.port)], [login.database], [login.user]];
  for (const line of text.split(/\r?\n/)) {
    const fields = line.startsWith("#") ? [] : fieldsOf(line);
    const fits = wanted.every((names, i) => fields[i] === "*" || names.some((name) => name === fields[i]));
    if (fields.length === 5 && fits) return fields[4] ?? null;
  }
  return null;
}

/** What stands between the first four colons; a backslash takes its meaning from the colon or the backslash after it. */
function fieldsOf(line: string): readonly string[] {
  const fields = [""];
  for (const [part] of line.matchAll(/\\[\s\S]|[\s\S]/g)) {
    if (part === ":" && fields.length < 5) fields.push("");
    else fields.push(`${fields.pop() ?? ""}${part.length === 2 ? part.slice(1) : part}`);
  }
  return fields;
}

function readPrivate(path: string): string | null {
  try {
    const { mode } = statSync(path);
    return process.platform !== "win32" && (mode & 0o077) !== 0 ? null : readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
