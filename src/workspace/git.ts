import { UserError } from "../errors.ts";
import type { FileContent } from "../ports.ts";
import { type Ended, run } from "../process/run.ts";
import { nearest } from "../text.ts";
import type { TreeEntry } from "../tree.ts";
import { maxFileBytes } from "./files.ts";

/** A repository, asked through the program git. */
export interface Git {
  /** What leads from the root of the repository to where the command was started: "" or "services/api/". */
  readonly prefix: string;
  /** The id of the commit that a reference names. */
  commit(reference: string): Promise<string>;
  /** The newest commit that a reference and HEAD have in common. */
  mergeBase(reference: string): Promise<string>;
  /** The commits that a commit was made upon, as it says itself: also those that a shallow clone does not have. */
  parents(commit: string): Promise<readonly string[]>;
  /** Everything at and below a path from the root of the repository. */
  list(commit: string, path: string): Promise<readonly TreeEntry[]>;
  /** A file's bytes; null where there is none. */
  read(commit: string, path: string): Promise<FileContent | null>;
}

/** Opens the repository around a directory. Throws UserError where there is none, or git will not read it. */
export async function openGit(cwd: string): Promise<Git> {
  const ask = (args: readonly string[]): Promise<Answer> => askGit(cwd, args);
  const opened = await ask(["rev-parse", "--show-prefix", "--is-shallow-repository"]);
  if (opened.status !== 0) throw notOpened(opened.stderr);
  const [prefix = "", shallow = ""] = opened.text.split("\n");
  const git: Git = {
    prefix,
    async commit(reference) {
      const found = await ask(["rev-parse", "--verify", "--quiet", "--end-of-options", `${reference}^{commit}`]);
      if (found.status !== 0) throw await unknownReference(reference, { isShallow: shallow === "true", ask });
      return found.text.trim();
    },
    async mergeBase(reference) {
      const commit = await git.commit(reference);
      const head = await git.commit("HEAD");
      const found = await ask(["merge-base", commit, head]);
      if (found.status !== 0) throw noMergeBase(reference, found, shallow === "true");
      return found.text.trim();
    },
    async parents(commit) {
      const found = await ask(["cat-file", "commit", commit]);
      if (found.status !== 0) throw broken(`git cannot read the commit ${commit}`, found.stderr);
      const head = found.text.split("\n\n", 1)[0] ?? "";
      return [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, id = ""]) => id);
    },
    async list(commit, path) {
      const found = await ask(["ls-tree", "-r", "-z", "--full-tree", commit, "--", ...(path === "" ? [] : [path])]);
      if (found.status !== 0) throw broken(`git cannot list the commit ${commit}`, found.stderr);
      return found.text.split("\0").flatMap(entryOf);
    },
    async read(commit, path) {
      const [entry] = (await git.list(commit, path)).filter((each) => each.path === path);
      if (entry === undefined) return null;
      if (entry.kind !== "file") return { kind: "unreadable", why: "was a link or a submodule in the commit" };
      const found = await ask(["cat-file", "blob", entry.id]);
      if (found.status !== 0) throw broken(`git cannot read ${path} as it was in the commit ${commit}`, found.stderr);
      return { kind: "bytes", bytes: found.bytes };
    },
  };
  return git;
}

interface Answer {
  readonly status: number | null;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly stderr: string;
}

const timeoutMs = 120_000;

async function askGit(cwd: string, args: readonly string[]): Promise<Answer> {
  // Paths as they are; no pager, no prompt, no lock, no program that a repository's own settings name.
  const quiet = ["--no-pager", "--no-replace-objects", "--literal-pathspecs", "-c", "core.fsmonitor=false"];
  const ended: Ended = await run("git", [...quiet, ...args], {
    cwd,
    env: { LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" },
    timeoutMs,
    maxBytes: maxFileBytes * 2,
  });
  if (ended.kind === "failed") {
    throw new UserError("git-failed", `git is needed to compare with a commit: ${ended.why}.`, {
      hint: "install git, or leave --since out to judge every migration.",
    });
  }
  const { status, stdout, stderr } = ended;
  return { status, bytes: stdout, text: stdout.toString("utf8"), stderr: stderr.trim() };
}

/** `mode type id<tab>path`. */
function entryOf(line: string): TreeEntry[] {
  const match = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(line);
  if (match === null) return [];
  const [, mode = "", type, id = "", path = ""] = match;
  const kind = type === "commit" ? "submodule" : mode === "120000" ? "link" : "file";
  return [{ path, kind, id }];
}

function notOpened(stderr: string): UserError {
  if (/dubious ownership/.test(stderr)) {
    return new UserError("git-refused", "git does not trust this repository, because another user owns it.", {
      hint: 'git config --global --add safe.directory "$PWD" (as this user).',
    });
  }
  if (/not a git repository/.test(stderr)) {
    return new UserError("not-a-repository", "There is no git repository here, and --since needs one.", {
      hint: "start the command inside the clone, or leave --since out.",
    });
  }
  return broken("git cannot open the repository", stderr);
}

async function unknownReference(
  reference: string,
  { isShallow, ask }: { readonly isShallow: boolean; readonly ask: (args: readonly string[]) => Promise<Answer> },
): Promise<UserError> {
  if (reference === "HEAD")
    return new UserError("since-unknown", "The repository has no commit yet.", { hint: "commit first." });
  const refs = await ask(["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"]);
  const names = refs.text.split("\n").filter((name) => name !== "");
  const near = names.find((name) => name === `origin/${reference}`) ?? nearest(reference, names);
  const fetch = isShallow
    ? "this clone is shallow: fetch its history first (git fetch --unshallow; with actions/checkout, fetch-depth: 0)."
    : "name a branch, a tag or a commit of this repository; git fetch gets those of its remote.";
  return new UserError("since-unknown", `This repository has no commit ${reference}.`, {
    hint: near === null ? fetch : `did you mean ${near}?`,
  });
}

function noMergeBase(reference: string, { status, stderr }: Answer, isShallow: boolean): UserError {
  if (status !== 1) return broken(`git cannot find where the work since ${reference} began`, stderr);
  return new UserError("merge-base-missing", `HEAD and ${reference} have no commit in common here.`, {
    details: isShallow ? ["The clone is shallow: it does not reach back to where they part."] : [],
    hint: isShallow
      ? "fetch the history first (git fetch --unshallow; with actions/checkout, fetch-depth: 0)."
      : "name the branch that this one began from.",
  });
}

function broken(what: string, stderr: string): UserError {
  const said = stderr.split("\n").filter((line) => line !== "");
  return new UserError("git-failed", `${what}.`, {
    details: said.slice(0, 3).map((line) => `git says: ${line}`),
    hint: "try git fsck; a partial clone needs its remote (git fetch).",
  });
}
