/** What the outside world looks like from the commands: every effect comes in as one of these plain objects. */

/** A file's bytes, or the reason why they could not be had. */
export type FileContent =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "unreadable"; readonly why: string };

/** One name in a directory. A link counts as what it leads to, if that stays inside the directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "refused";
  /** Why it is refused (a link out of the directory, a pipe, a socket); null for files and directories. */
  readonly why: string | null;
}

/** What is found at a path. */
export type Listing =
  | { readonly kind: "directory"; readonly entries: readonly DirectoryEntry[] }
  | { readonly kind: "file" }
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable"; readonly why: string };

/** A place in a text file, both numbers from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something wrong with the text of a config file itself, before its meaning is looked at. */
export interface ConfigSourceProblem {
  readonly at: Position;
  readonly message: string;
}

/** A config file as a plain value, with the way back to its lines. */
export interface ConfigSource {
  readonly path: string;
  /** Undefined where the text was refused; the problems say why. */
  readonly value: unknown;
  readonly problems: readonly ConfigSourceProblem[];
  /** Where the value at this path stands; with `key`, where its key stands. The nearest parent where there is none. */
  positionOf(path: readonly (string | number)[], what?: "key" | "value"): Position;
}

/** The files of the project. Paths are relative to where the command was started, or absolute, with "/" on every system. */
export interface Workspace {
  look(path: string): Listing;
  read(path: string): FileContent;
  /** The config file at this path, or at the usual places when null; null when there is none. Throws UserError when a named file is missing. */
  config(path: string | null): Promise<ConfigSource | null>;
}

/** The files of one commit. Paths are as Workspace takes them. */
export interface Tree {
  /** The commit's id, in full. */
  readonly commit: string;
  /** The files at and below a directory. Throws UserError where they cannot be had in full. */
  below(directory: string): Promise<TreeFiles>;
  /** A file's bytes; null where the commit has no file there. */
  read(path: string): Promise<FileContent | null>;
}

/** The names of files in a commit, with what is needed to compare them. */
export interface TreeFiles {
  look(path: string): Listing;
  /** Whether the file at this path has exactly these bytes; false where there is none. */
  holds(path: string, bytes: Uint8Array): boolean;
}

/** What a command has printed, or why that is nothing to go by. */
export type Printed =
  | { readonly kind: "printed"; readonly bytes: Uint8Array }
  /** Said is the end of what it wrote to standard error. */
  | { readonly kind: "failed"; readonly why: string; readonly said: string };

/** Runs commands of the project, which are code of whoever wrote the change: without secrets and without input. */
export interface Commands {
  /** @param variables set beside the few that every command gets. */
  run(command: string, variables: Readonly<Record<string, string>>): Promise<Printed>;
}

/** How a command that changes the database ended. */
export type CommandEnd =
  /** Said is the end of what it wrote, line by line, without secrets. */
  | {
      readonly kind: "ended";
      readonly status: number | null;
      readonly signal: string | null;
      readonly said: readonly string[];
    }
  | { readonly kind: "stopped"; readonly said: readonly string[] }
  | { readonly kind: "failed"; readonly why: string };

/** How a command that changes the database is run. */
export interface CommandRun {
  /** Set beside the environment of the job and the connection string. */
  readonly variables: Readonly<Record<string, string>>;
  /** What its connections are to be called in pg_stat_activity. */
  readonly applicationName: string;
  /** Settings of the server for its connections, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Ends it, with all that it has started. */
  readonly signal: AbortSignal;
}

/** Runs commands of the project that change the database: in the environment of the job, with its connection string. What they write is shown. */
export interface Programs {
  run(command: string, how: CommandRun): Promise<CommandEnd>;
}

/** A file that is to be made. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** What came of making files: all of them are there, or none of them is. */
export type Made =
  | { readonly kind: "made" }
  | { readonly kind: "exists"; readonly path: string }
  | { readonly kind: "refused"; readonly path: string; readonly why: string };

/** Makes files in the project, with the directories above them. What is there already is never written over. */
export interface Maker {
  make(files: readonly NewFile[]): Made;
}
