import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A git repository of a test's own. */
export interface Repository {
  readonly directory: string;
  /** Runs git in it; what it printed, without the last line end. Throws with git's own words. */
  git(...args: readonly string[]): string;
  /** Writes files (null: deletes them) and commits them all; the commit's id. */
  commit(files: Readonly<Record<string, string | null>>): string;
}

/** Makes a repository with the branch main in an empty directory that is there. */
export function repositoryIn(directory: string): Repository {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, {
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      // Nothing of whoever runs the tests: no settings, no hooks, no signature.
      env: { PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: "1", ...author },
    }).trimEnd();
  git("init", "--quiet", "--initial-branch=main");
  return {
    directory,
    git,
    commit(files) {
      for (const [name, text] of Object.entries(files)) {
        const path = join(directory, name);
        if (text === null) rmSync(path);
        else {
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, text);
        }
      }
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", "--message=change");
      return git("rev-parse", "HEAD");
    },
  };
}

const author = {
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.com",
};
