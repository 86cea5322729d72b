import { Buffer } from "node:buffer";
import { UserError } from "../errors.ts";
import type { FileContent, Tree } from "../ports.ts";
import { type TreeEntry, treeFiles } from "../tree.ts";
import type { Api } from "./api.ts";
import { type Asking, asking } from "./refused.ts";

/** One level of a commit's directories. */
type Level = readonly (TreeEntry | { readonly kind: "directory"; readonly path: string; readonly id: string })[];

/**
 * A commit as a tree, read from GitHub where the clone does not reach back to it. `prefix` leads from the root of the repository to
 * where paths start: "" or "services/api/". GitHub cuts long lists off and says so: then they are walked level by level.
 */
export function apiTree(api: Api, commit: string, prefix: string): Tree {
  const levels = new Map<string, Promise<Level>>();
  const level = (id: string, path: string): Promise<Level> => {
    const known = levels.get(path) ?? oneLevel(api, id, path);
    levels.set(path, known);
    return known;
  };
  /** What lies at a path; null where there is nothing. */
  const find = async (path: string): Promise<Level[number] | null> => {
    let found: Level[number] = { kind: "directory", path: "", id: commit };
    for (const name of path.split("/").filter((part) => part !== "")) {
      if (found.kind !== "directory") return null;
      const next: string = found.path === "" ? name : `${found.path}/${name}`;
      const entry: Level[number] | undefined = (await level(found.id, found.path)).find((each) => each.path === next);
      if (entry === undefined) return null;
      found = entry;
    }
    return found;
  };
  const inRepository = (path: string): string => fromRoot(`${prefix}${path}`);
  return {
    commit,
    async below(directory) {
      const found = await find(inRepository(directory));
      if (found === null) return treeFiles([], inRepository);
      const entries = found.kind === "directory" ? await allBelow(api, found, level) : [found];
      return treeFiles(entries, inRepository);
    },
    async read(path): Promise<FileContent | null> {
      const found = await find(inRepository(path));
      if (found === null || found.kind === "directory") return null;
      if (found.kind !== "file") return { kind: "unreadable", why: "was a link or a submodule in the commit" };
      return { kind: "bytes", bytes: await blob(api, found.id) };
    },
  };
}

/** The commit from which the work on a branch began, asked of GitHub. */
export async function apiMergeBase(api: Api, base: string, head: string): Promise<string> {
  const { data } = await asking(reading, () =>
    api.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
      ...api.here,
      basehead: `${base}...${head}`,
      per_page: 1,
    }),
  );
  return data.merge_base_commit.sha;
}

const reading: Asking = { to: "read a commit of the repository", permission: "contents: read" };

async function allBelow(
  api: Api,
  { id, path }: { readonly id: string; readonly path: string },
  level: (id: string, path: string) => Promise<Level>,
): Promise<readonly TreeEntry[]> {
  const whole = await listed(api, { id, path, recursive: true });
  if (whole !== null) return whole.flatMap((entry) => (entry.kind === "directory" ? [] : [entry]));
  const entries: TreeEntry[] = [];
  for (const entry of await level(id, path)) {
    if (entry.kind === "directory") entries.push(...(await allBelow(api, entry, level)));
    else entries.push(entry);
  }
  return entries;
}

async function oneLevel(api: Api, id: string, path: string): Promise<Level> {
  const found = await listed(api, { id, path, recursive: false });
  if (found !== null) return found;
  throw new UserError("github-tree-cut", `GitHub does not list all that is in ${path === "" ? "the root" : path}.`, {
    details: ["Its answer was cut off, so that nobody can say what is pending."],
    hint: "check the history out, so that GitHub need not be asked (actions/checkout with fetch-depth: 0).",
  });
}

/** The entries of a tree; null where GitHub has cut the list off. */
async function listed(
  api: Api,
  { id, path, recursive }: { readonly id: string; readonly path: string; readonly recursive: boolean },
): Promise<Level | null> {
  const { data } = await asking(reading, () =>
    api.request("GET /repos/{owner}/{repo}/git/trees/{tree_sha}", {
      ...api.here,
      tree_sha: id,
      ...(recursive ? { recursive: "1" } : {}),
    }),
  );
  if (data.truncated) return null;
  const above = path === "" ? "" : `${path}/`;
  return data.tree.map(({ path: name, type, mode, sha }) => {
    const entry = { path: above + name, id: sha };
    if (type === "tree") return { ...entry, kind: "directory" };
    return { ...entry, kind: type === "commit" ? "submodule" : mode === "120000" ? "link" : "file" };
  });
}

async function blob(api: Api, id: string): Promise<Uint8Array> {
  const { data } = await asking(reading, () =>
    api.request("GET /repos/{owner}/{repo}/git/blobs/{file_sha}", { ...api.here, file_sha: id }),
  );
  if (data.encoding === "base64") return Buffer.from(data.content, "base64");
  throw new UserError("github-unexpected", `GitHub sends a file in the encoding ${data.encoding}.`);
}

/** Without "." and ".."; what would lead out of the repository leads to its root, where it is not found. */
function fromRoot(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}
