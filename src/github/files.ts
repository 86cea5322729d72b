import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { type Checkout, isInside } from "./checkout.ts";

/**
 * Writes a file that an input names, with the directories that lead to it. Throws UserError where it cannot, and where a link leads
 * out of the repository: a pull request can put one where the workflow expects a directory. Returns the absolute path.
 */
export function writeInside({ directory: from, repository: root }: Checkout, { input, path, text }: FileOrder): string {
  const full = resolve(from, path);
  return orUserError(input, full, () => {
    const directory = dirname(full);
    let there = directory;
    while (!existsSync(there) && isInside(root, dirname(there))) there = dirname(there);
    if (!isInside(realpathSync.native(root), realpathSync.native(there))) {
      throw new Error("a symbolic link leads out of the repository");
    }
    mkdirSync(directory, { recursive: true });
    // A link of this name is not followed either.
    const noFollow = constants.O_NOFOLLOW ?? 0;
    const file = openSync(full, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | noFollow, 0o644);
    try {
      writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
    return full;
  });
}

/** A file that an input asks for. */
export interface FileOrder {
  readonly input: string;
  /** From the working directory. */
  readonly path: string;
  readonly text: string;
}

/** Writes a file of this name into a new directory of the runner's temporary ones, which end with the job. Returns its path. */
export function writeTemporary(temporary: string | undefined, { input, name, text }: TemporaryOrder): string {
  if (temporary === undefined || temporary === "") {
    throw new UserError("file-unwritable", "RUNNER_TEMP is not set: there is no place for the report.", {
      hint: `name a file with the input ${input}.`,
    });
  }
  return orUserError(input, temporary, () => {
    const path = join(mkdtempSync(join(temporary, "lockkeeper-")), name);
    writeFileSync(path, text);
    return path;
  });
}

/** A file for which no input names a place. */
export interface TemporaryOrder {
  /** The input that could. */
  readonly input: string;
  readonly name: string;
  readonly text: string;
}

function orUserError(input: string, path: string, write: () => string): string {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UserError("file-unwritable", `The file of ${input} cannot be written.`, {
      details: [`${path}: ${error.message}.`],
      hint: `name a place that this job can write to with the input ${input}.`,
    });
  }
}
