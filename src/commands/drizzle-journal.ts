import { UserError } from "../errors.ts";
import { baseName, join } from "../migrations/discover.ts";
import type { Migration } from "../migrations/migration.ts";
import type { Workspace } from "../ports.ts";

/** The times by which Drizzle's ledger knows its migrations, from the directory's meta/_journal.json. Throws UserError where it cannot be read. */
export function drizzleVersions(directory: string, workspace: Workspace): (migration: Migration) => string {
  const path = join(directory, "meta/_journal.json");
  const content = workspace.read(path);
  const times = content.kind === "bytes" ? timesIn(new TextDecoder().decode(content.bytes)) : null;
  if (times === null) {
    throw new UserError("drizzle-journal-unreadable", `${path} cannot be read as Drizzle writes it.`, {
      hint: "Drizzle's ledger names migrations by the times in this file: bring it back.",
    });
  }
  return ({ up, version }) => times.get(baseName(up ?? "").replace(/\.sql$/, "")) ?? version;
}

function timesIn(text: string): ReadonlyMap<string, string> | null {
  const parsed = parse(text);
  const entries: unknown = isObject(parsed) ? Reflect.get(parsed, "entries") : null;
  if (!Array.isArray(entries)) return null;
  const times = new Map<string, string>();
  for (const entry of entries) {
    const tag: unknown = isObject(entry) ? Reflect.get(entry, "tag") : null;
    const when: unknown = isObject(entry) ? Reflect.get(entry, "when") : null;
    if (typeof tag !== "string" || typeof when !== "number") return null;
    times.set(tag, String(when));
  }
  return times;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
