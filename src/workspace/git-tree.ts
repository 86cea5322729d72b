import { UserError } from "../errors.ts";
import type { Tree } from "../ports.ts";
import { treeFiles } from "../tree.ts";
import { type Git, openGit } from "./git.ts";

/**
 * The commit from which the work since a reference began: the merge base of the two, so that what others have merged there
 * meanwhile is not taken for a deletion. Throws UserError where git cannot tell, as in a shallow clone.
 */
export async function openTreeSince(cwd: string, reference: string): Promise<Tree> {
  const git = await openGit(cwd);
  return treeOf(git, await git.mergeBase(reference));
}

/** One commit as a tree. Throws UserError where the repository has no such commit. */
export async function openTreeAt(cwd: string, reference: string): Promise<Tree> {
  const git = await openGit(cwd);
  return treeOf(git, await git.commit(reference));
}

/** The commit that is checked out, with those that it was made upon. Throws UserError where there is no repository. */
export async function headOf(cwd: string): Promise<{ readonly commit: string; readonly parents: readonly string[] }> {
  const git = await openGit(cwd);
  const commit = await git.commit("HEAD");
  return { commit, parents: await git.parents(commit) };
}

function treeOf(git: Git, commit: string): Tree {
  const inRepository = (path: string): string => pathFrom(git.prefix, path);
  return {
    commit,
    async below(directory) {
      return treeFiles(await git.list(commit, inRepository(directory)), inRepository);
    },
    read: (path) => git.read(commit, inRepository(path)),
  };
}

/** The path from the root of the repository, without "." and "..". Throws UserError where it leads out of it. */
export function pathFrom(prefix: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${prefix}${path}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) throw outside(path);
  }
  if (path.startsWith("/")) throw outside(path);
  return parts.join("/");
}

function outside(path: string): UserError {
  return new UserError("path-outside-repository", `${path} is not in the repository.`, {
    hint: "with --since, name directories of the repository from which the command is started.",
  });
}
