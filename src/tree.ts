import { createHash } from "node:crypto";
import type { DirectoryEntry, Listing, TreeFiles } from "./ports.ts";

/** One name in a commit, as git tells of it. */
export interface TreeEntry {
  /** From the root of the repository. */
  readonly path: string;
  readonly kind: "file" | "link" | "submodule";
  /** The object's id. */
  readonly id: string;
}

/** The port's view of what a commit lists. Names are the repository's; `inRepository` makes them of the paths that are asked for. */
export function treeFiles(entries: readonly TreeEntry[], inRepository: (path: string) => string): TreeFiles {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return {
    look: (path) => listingOf(entries, inRepository(path)),
    holds(path, bytes) {
      const entry = byPath.get(inRepository(path));
      return entry?.kind === "file" && entry.id === blobId(bytes, entry.id.length);
    },
  };
}

function listingOf(entries: readonly TreeEntry[], path: string): Listing {
  const above = path === "" ? "" : `${path}/`;
  const names = new Map<string, DirectoryEntry>();
  for (const entry of entries) {
    if (entry.path === path) return entry.kind === "file" ? { kind: "file" } : { kind: "unreadable", why: notAFile };
    if (!entry.path.startsWith(above)) continue;
    const [name = "", ...below] = entry.path.slice(above.length).split("/");
    if (below.length > 0) names.set(name, { name, kind: "directory", why: null });
    else if (entry.kind === "file") names.set(name, { name, kind: "file", why: null });
    else names.set(name, { name, kind: "refused", why: notAFile });
  }
  if (names.size === 0) return { kind: "missing" };
  const sorted = [...names.values()].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  return { kind: "directory", entries: sorted };
}

const notAFile = "was a link or a submodule in the commit";

/** The id that git gives to these bytes: SHA-1, or SHA-256 in a repository of that kind. */
function blobId(bytes: Uint8Array, length: number): string {
  return createHash(length === 64 ? "sha256" : "sha1")
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest("hex");
}
