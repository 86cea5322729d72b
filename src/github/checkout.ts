import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, posix, relative, resolve, sep } from "node:path";
import { UserError } from "../errors.ts";
import { nearest } from "../text.ts";

/** Where the repository lies on the runner. Absolute paths. */
export interface Checkout {
  /** The root of the repository, from which GitHub names its files. */
  readonly repository: string;
  /** Where the check starts: the working directory. */
  readonly directory: string;
  /** What leads from the repository to the directory: "" or "services/api/". */
  readonly prefix: string;
}

/** Finds the checkout in the workspace. Throws UserError: no workspace, nothing in it, no such directory, a link out of it. */
export function findCheckout(workspace: string | undefined, workingDirectory: string): Checkout {
  if (workspace === undefined || workspace === "") {
    throw new UserError("workspace-missing", "GITHUB_WORKSPACE is not set.", {
      details: ["This program is the step of a workflow."],
      hint: "elsewhere, start the command line: node dist/cli.js --help.",
    });
  }
  if (namesIn(workspace).length === 0) {
    throw new UserError("checkout-missing", "The repository is not checked out: the workspace is empty.", {
      hint: "put a step that uses actions/checkout before this one.",
    });
  }
  const directory = resolve(workspace, workingDirectory);
  if (!isDirectory(directory)) throw noDirectory(workingDirectory, directory);
  const [root, real] = [realpathSync.native(workspace), realpathSync.native(directory)];
  if (!isInside(root, real)) {
    throw new UserError(
      "working-directory-invalid",
      `The working directory ${workingDirectory} is not in the workspace.`,
      {
        details: ["A symbolic link leads out of it."],
        hint: "name the directory itself.",
      },
    );
  }
  const repository = repositoryOf(real, root);
  const below = relative(repository, real).split(sep).join("/");
  return { repository, directory: real, prefix: below === "" ? "" : `${below}/` };
}

/** Whether the path is this directory or lies in it, by their names. */
export function isInside(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

/** The nearest directory upwards with a .git, for a repository that is checked out below the workspace; else the workspace. */
function repositoryOf(directory: string, workspace: string): string {
  for (let at = directory; isInside(workspace, at); at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === workspace) break;
  }
  return workspace;
}

function noDirectory(asked: string, directory: string): UserError {
  const near = nearest(basename(directory), namesIn(dirname(directory)));
  return new UserError("working-directory-invalid", `There is no directory ${asked} in the workspace.`, {
    hint:
      near === null
        ? "correct the input working-directory."
        : `did you mean ${posix.join(posix.dirname(asked), near)}?`,
  });
}

function namesIn(directory: string): readonly string[] {
  return isDirectory(directory) ? readdirSync(directory) : [];
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
