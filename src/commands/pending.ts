import { habitsOf } from "../migrations/habits.ts";
import { type Compared, compare } from "../migrations/history.ts";
import { layoutOf } from "../migrations/layouts/index.ts";
import type { Discovered, FileProblem, Migration } from "../migrations/migration.ts";
import { scriptDigest } from "../plan/digest.ts";
import type { FileContent, Tree, TreeFiles, Workspace } from "../ports.ts";
import { decode } from "../sql/decode.ts";
import { findIn, type Target } from "./target.ts";

/** What a directory adds to a commit. */
export interface Pending extends Compared {
  /** The migrations of the commit, in order: what has run before the pending ones. */
  readonly history: readonly Migration[];
  /** The project's files, but with the scripts of the history as they were in the commit. */
  readonly past: Workspace;
  /** What is wrong with files that the commit did not have, or had in another form. */
  readonly problems: readonly FileProblem[];
}

/** Sets a directory as it is now against what it was in a commit. */
export async function pendingSince(
  base: Tree,
  found: Discovered,
  { target, workspace }: { readonly target: Target; readonly workspace: Workspace },
): Promise<Pending> {
  const { directory } = target;
  const files = await base.below(directory);
  const before = findIn(files, directory, found.layout);
  const history = before?.migrations ?? [];
  const changed = await changedScripts(history, { base, files, workspace });
  const past: Workspace = { ...workspace, read: (path) => changed.get(path) ?? workspace.read(path) };
  const digests = { base: digestsOf(past), head: digestsOf(workspace) };
  const layout = layoutOf(found.layout);
  const compared = compare(
    { base: history, head: found.migrations },
    {
      layout,
      habits: habitsOf(found.layout, target.appliedBy),
      commit: base.commit.slice(0, 12),
      digest: (side, path) => digests[side](path),
    },
  );
  const known = new Set(
    (before?.problems ?? []).filter(({ path }) => isUnchanged(path, files, workspace)).map(problemKey),
  );
  const pending = new Set([...compared.pending, ...compared.waysBack].flatMap(({ up, down }) => [up, down]));
  const problems = found.problems.filter((each) => pending.has(each.path) || !known.has(problemKey(each)));
  return { ...compared, history, past, problems: [...problems, ...compared.problems] };
}

function problemKey({ kind, path }: FileProblem): string {
  return `${kind} ${path}`;
}

/** The scripts of a commit that are now others, or gone, by path, as the commit has them. */
async function changedScripts(
  history: readonly Migration[],
  { base, files, workspace }: { readonly base: Tree; readonly files: TreeFiles; readonly workspace: Workspace },
): Promise<ReadonlyMap<string, FileContent>> {
  const changed = new Map<string, FileContent>();
  for (const path of new Set(history.flatMap(({ up, down }) => [up, down]))) {
    if (path === null || isUnchanged(path, files, workspace)) continue;
    changed.set(path, (await base.read(path)) ?? { kind: "unreadable", why: `is not in the commit ${base.commit}` });
  }
  return changed;
}

function isUnchanged(path: string, files: TreeFiles, workspace: Workspace): boolean {
  const now = workspace.read(path);
  return now.kind === "bytes" && files.holds(path, now.bytes);
}

/** The digest of a script; null where it cannot be read. Each is worked out once. */
function digestsOf({ read }: Pick<Workspace, "read">): (path: string) => string | null {
  const known = new Map<string, string | null>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const content = read(path);
    const decoded = content.kind === "bytes" ? decode(content.bytes) : null;
    const digest = decoded?.kind === "text" ? scriptDigest(decoded.text) : null;
    known.set(path, digest);
    return digest;
  };
}
