import type { Layout as LayoutId } from "../../config/config.ts";

/** What a file's or directory's name says in a layout. */
export interface FileName {
  readonly version: string;
  readonly name: string;
  readonly direction: "up" | "down";
}

/** How a tool runs the statements of a migration. */
export type Runs =
  /** The whole script as one string, which PostgreSQL runs as one transaction when it holds several statements. */
  | "one-string"
  /** One string inside a transaction that the tool begins, or a batch that is one: nothing in it can be outside. */
  | "wrapped"
  /** Statement by statement inside a transaction that the tool begins; after the file's own COMMIT the rest is outside. */
  | "wrapped-statements"
  /** Statement by statement, each committed by itself. */
  | "statements"
  /** Statement by statement, in a transaction that ends before and begins after each that cannot be in one. */
  | "batches"
  /** As Flyway does: in a transaction, unless every statement is one that cannot be; both in one file are refused. */
  | "flyway"
  /** As Lockkeeper does. */
  | "lockkeeper";

/** A stretch of a file, in UTF-16 units from its start. */
export interface Range {
  readonly start: number;
  readonly end: number;
  /** What lies in it and is not of it, as between two ways up of one file; left out where there is nothing. */
  readonly without?: readonly Range[];
}

/** The scripts inside the text of one file. */
export interface Parts {
  readonly up: Range | null;
  readonly down: Range | null;
  /** What the file says of its transaction, for each direction: null where it says nothing. */
  readonly withoutTransaction: { readonly up: boolean; readonly down: boolean };
}

/** How a tool names its files, sorts them, and sends them to the server. */
export interface Layout {
  readonly id: LayoutId;
  /** The tool's own name, as it is said in findings; null where the layout is no tool's. */
  readonly tool: string | null;
  /** A name in this layout, for errors. */
  readonly example: string;
  /** What a name says; null when the tool does not take it for a migration. */
  read(name: string): FileName | null;
  /** For a layout of directories: the scripts inside one. Null where each migration is a file of its own. */
  readonly inside: { readonly up: string; readonly down: string | null } | null;
  /** Whether a directory whose names several layouts take is this one's, by its path and the text of its first file; null: by names alone. */
  readonly isMine: ((directory: string, text: string) => boolean) | null;
  /** A number or text that is the same for two spellings of one version, and sorts as the tool sorts. */
  order(version: string): bigint | string;
  /**
   * How the tool puts them in order: by their versions; by their names as bytes, where 10_b comes before 1_a; or by their names as a
   * dictionary does, where it comes after.
   */
  readonly sortsBy: "version" | "bytes" | "dictionary";
  /** Whether the tool also takes what lies in directories below. */
  readonly looksBelow: boolean;
  /** The list that the tool keeps beside its files, which says what is applied and in which order; null where it keeps none. */
  readonly journal: { readonly path: string; files(text: string): readonly string[] | null } | null;
  /** Whether the tool knows a migration by its whole name: then two of one version are two migrations, in the order of their names. */
  readonly knowsNames: boolean;
  /** Whether the tool records that whole name, and takes any: then it is the version. */
  readonly versionsAreNames: boolean;
  /** Whether a file holds both scripts: then its parts are looked for in its text. */
  readonly parts: ((text: string) => Parts) | null;
  /** Whether a migration without a down script is worth a word: the layout has down scripts. */
  readonly hasDowns: boolean;
  readonly runs: Runs;
  /** How it runs a script that asks for no transaction, and how a script asks; null where none can. */
  readonly withoutTransaction: { readonly runs: Runs; readonly ask: string } | null;
  /** The file beside a script that may ask for no transaction, and whether its text does. */
  readonly beside: { path(script: string): string; asks(text: string): boolean } | null;
  /** Whether the tool sends a file as it stands: then a byte order mark is sent too. */
  readonly sendsFileAsItIs: boolean;
}

/** What most layouts have in common. */
export const common = {
  inside: null,
  isMine: null,
  sortsBy: "version",
  looksBelow: false,
  journal: null,
  knowsNames: false,
  versionsAreNames: false,
  parts: null,
  hasDowns: false,
  withoutTransaction: null,
  beside: null,
  sendsFileAsItIs: false,
} as const;

/** A version that is a number: 1, 01 and 001 are one. */
export function byNumber(version: string): bigint {
  return BigInt(version);
}

/** A name of the form 0001_what.sql, with what stands before the ending as its name. */
export function numbered(name: string, pattern: RegExp): FileName | null {
  const match = pattern.exec(name);
  return match === null ? null : { version: match[1] ?? "", name: match[2] ?? "", direction: "up" };
}

/** The parts of a file between lines that begin them; the first up and the first down. */
export function between(
  text: string,
  marks: { readonly up: RegExp; readonly down: RegExp },
  asks: (line: string) => boolean,
): Parts {
  const up = marks.up.exec(text);
  const down = marks.down.exec(text);
  const end = (from: RegExpExecArray, other: RegExpExecArray | null): number =>
    other !== null && other.index > from.index ? other.index : text.length;
  const range = (mark: RegExpExecArray | null, other: RegExpExecArray | null): Range | null =>
    mark === null ? null : { start: mark.index + mark[0].length, end: end(mark, other) };
  return {
    up: range(up, down),
    down: range(down, up),
    withoutTransaction: { up: up !== null && asks(up[0]), down: down !== null && asks(down[0]) },
  };
}

/** From the first line of a kind to the end of what the last one begins, without what belongs to lines of the other kind. Null: none. */
export function allOf(text: string, { is, other }: { readonly is: RegExp; readonly other: RegExp }): Range | null {
  const marks = [is, other]
    .flatMap((mark) => [...text.matchAll(new RegExp(mark, `${mark.flags}g`))].map((match) => ({ match, mark })))
    .toSorted((a, b) => a.match.index - b.match.index);
  const parts = marks.map(({ match, mark }, i) => ({
    mark,
    start: match.index + match[0].length,
    from: match.index,
    end: marks[i + 1]?.match.index ?? text.length,
  }));
  const ours = parts.filter(({ mark }) => mark === is);
  const [first, last] = [ours[0], ours.at(-1)];
  if (first === undefined || last === undefined) return null;
  const without = parts
    .filter(({ mark, from }) => mark !== is && from > first.start && from < last.start)
    .map(({ from, end }) => ({ start: from, end }));
  return { start: first.start, end: last.end, ...(without.length === 0 ? {} : { without }) };
}
