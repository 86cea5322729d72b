import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** Files of a commit: path → content; null: deleted. */
export type Files = Readonly<Record<string, string | null>>;

/** A real git repository, as it lies on the server. */
export interface Repository {
  readonly path: string;
  /** Commits changes on a branch, which is made from `from` where it is not there. Returns the commit. */
  commit(branch: string, files: Files, from?: string): string;
  /** The merge of two commits, as GitHub makes it for a pull request or for its queue, under this reference. */
  merge(reference: string, onto: string, head: string): string;
  /** A commit with these files and no parents. */
  orphan(branch: string, files: Files): string;
  git(...args: readonly string[]): string;
  /** What actions/checkout does: a directory gets one commit, with so much of its history (0: all). */
  checkOut(commit: string, directory: string, depth: number): void;
}

const identity = {
  GIT_AUTHOR_NAME: "Mona",
  GIT_AUTHOR_EMAIL: "mona@example.com",
  GIT_COMMITTER_NAME: "Mona",
  GIT_COMMITTER_EMAIL: "mona@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
};

export function newRepository(files: Files): Repository {
  const path = mkdtempSync(join(realpathSync(tmpdir()), "lockkeeper-git-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const at = (directory: string, ...args: readonly string[]): string =>
    execFileSync("git", ["-C", directory, ...args], {
      encoding: "utf8",
      env: { ...process.env, ...identity },
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 2 ** 28,
    }).trim();
  const git = (...args: readonly string[]): string => at(path, ...args);
  const write = (changes: Files): void => {
    for (const [name, content] of Object.entries(changes)) {
      rmSync(join(path, name), { force: true, recursive: true });
      if (content === null) continue;
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    }
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "-m", "Change");
  };
  git("init", "--quiet", "--initial-branch=main");
  git("config", "uploadpack.allowAnySHA1InWant", "true");
  git("config", "core.quotePath", "false");
  write(files);
  return {
    path,
    git,
    commit(branch, changes, from = "main") {
      if (git("branch", "--list", branch) === "") git("branch", branch, from);
      git("checkout", "--quiet", branch);
      write(changes);
      return git("rev-parse", "HEAD");
    },
    merge(reference, onto, head) {
      git("checkout", "--quiet", "--detach", onto);
      git("merge", "--quiet", "--no-ff", "-m", "Merge", head);
      git("update-ref", reference, "HEAD");
      return git("rev-parse", "HEAD");
    },
    orphan(branch, changes) {
      git("checkout", "--quiet", "--orphan", branch);
      git("rm", "-rfq", "--ignore-unmatch", ".");
      write(changes);
      return git("rev-parse", "HEAD");
    },
    checkOut(commit, directory, depth) {
      at(directory, "init", "--quiet");
      const depths = depth === 0 ? [] : [`--depth=${depth}`];
      at(directory, "fetch", "--quiet", "--no-tags", ...depths, `file://${path}`, commit);
      at(directory, "checkout", "--quiet", "--detach", "FETCH_HEAD");
    },
  };
}
