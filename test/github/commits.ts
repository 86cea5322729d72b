import { execFileSync } from "node:child_process";
import type { State } from "./state.ts";

/** What GitHub answers about commits, from the git repository of the test. */

function ask(state: State, ...args: readonly string[]): Buffer | null {
  if (state.git === null) return null;
  try {
    return execFileSync("git", ["-C", state.git, ...args], { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 2 ** 28 });
  } catch {
    return null;
  }
}

export function commitsBetween(state: State, base: string, head: string): { readonly mergeBase: string } | null {
  const found = ask(state, "merge-base", base, head);
  return found === null ? null : { mergeBase: found.toString().trim() };
}

/** The most entries that the fake puts into one answer; GitHub's own limit is 100,000. */
const mostEntries = 100_000;

export function treeAt(state: State, id: string, recursive: boolean): unknown {
  const listed = ask(state, "ls-tree", "-z", "-t", "-l", ...(recursive ? ["-r"] : []), id);
  const sha = ask(state, "rev-parse", `${id}^{tree}`)?.toString().trim();
  if (listed === null || sha === undefined) return null;
  const all = listed
    .toString("utf8")
    .split("\0")
    .filter((line) => line !== "");
  const cut = recursive && state.truncatesTrees;
  const kept = all.slice(0, cut ? Math.floor(all.length / 2) : mostEntries);
  const tree = kept.map((line) => {
    const [, mode = "", type = "", entry = "", size = "", path = ""] =
      /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t(.*)$/s.exec(line) ?? [];
    return { path, mode, type, sha: entry, ...(type === "blob" ? { size: Number(size) } : {}) };
  });
  return { sha, url: `https://github.example.com/trees/${sha}`, tree, truncated: cut };
}

/** The newest commit up to this one that changes a path, as `git log` tells it. */
export function lastCommitOn(state: State, path: string, upTo: string): string | null {
  const found = ask(state, "log", "-1", "--format=%H", upTo, "--", path)?.toString().trim() ?? "";
  return found === "" ? null : found;
}

export function blobAt(state: State, id: string): unknown {
  const content = ask(state, "cat-file", "blob", id);
  if (content === null) return null;
  return {
    sha: id,
    node_id: "B_1",
    url: `https://github.example.com/blobs/${id}`,
    size: content.length,
    encoding: "base64",
    // In lines, as GitHub sends it.
    content: content.toString("base64").replace(/.{60}/g, "$&\n"),
  };
}
