import type { Migration } from "../migrations/migration.ts";
import { migrationDigest, scriptDigest } from "../plan/digest.ts";
import type { Workspace } from "../ports.ts";
import { decode } from "../sql/decode.ts";

/** The digest of a migration's scripts; null where one cannot be read. Each is worked out once. */
export function digestsIn(workspace: Pick<Workspace, "read">): (migration: Migration) => string | null {
  const known = new Map<Migration, string | null>();
  return (migration) => {
    const before = known.get(migration);
    if (before !== undefined) return before;
    const { up, down } = migration;
    const digest = migrationDigest({
      up: up === null ? undefined : digestOf(up, workspace),
      // A file that holds both scripts is told apart by itself.
      down: down === null || down === up ? undefined : digestOf(down, workspace),
    });
    known.set(migration, digest);
    return digest;
  };
}

function digestOf(path: string, { read }: Pick<Workspace, "read">): string | null {
  const content = read(path);
  const decoded = content.kind === "bytes" ? decode(content.bytes) : null;
  return decoded?.kind === "text" ? scriptDigest(decoded.text) : null;
}
