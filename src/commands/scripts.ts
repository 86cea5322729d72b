import type { AppliedBy, Database } from "../config/config.ts";
import type { TransactionModel } from "../facts/facts.ts";
import type { Layout, Parts, Range } from "../migrations/layouts/layout.ts";
import { scriptDigest } from "../plan/digest.ts";
import type { Workspace } from "../ports.ts";
import { type Directive, mayHaveDirectives } from "../sql/comments.ts";
import { decode } from "../sql/decode.ts";
import { linesOf } from "../sql/spans.ts";
import { fillIn } from "../sql/variables.ts";
import type { ReadScript, SqlReader } from "./reader.ts";

/** A script of a migration as it was read from its file. */
export interface ReadFile {
  /** Null where nothing could be read. */
  readonly script: ReadScript | null;
  /** SHA-256 of the whole file's text; null where it could not be read. */
  readonly digest: string | null;
  readonly unreadable: string | null;
  readonly byteOrderMark: boolean;
  /** How its statements reach the server. */
  readonly model: TransactionModel;
  /** What its author tells Lockkeeper in comments. */
  readonly directives: readonly Directive[];
  /** True for a file that ought to hold this script beside the other one, and does not. */
  readonly isMissing: boolean;
}

export interface ReadOptions {
  readonly layout: Layout;
  readonly appliedBy: AppliedBy;
  readonly direction: "up" | "down";
  readonly workspace: Workspace;
  readonly dialect: Database;
  /** Of the dialect's SQL. */
  readonly reader: SqlReader;
  /** Values of the placeholders in the SQL. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Reads one script: the whole file, or the part of it that the layout gives to this direction. */
export async function readSql(path: string, options: ReadOptions): Promise<ReadFile> {
  const { layout, direction, workspace, dialect, reader, variables } = options;
  const content = workspace.read(path);
  const model = modelOf(null, path, { ...options, directives: [] });
  const nothing = { script: null, digest: null, byteOrderMark: false, isMissing: false, directives: [], model };
  if (content.kind === "unreadable") return { ...nothing, unreadable: `${content.why}: nothing of it was read.` };
  const decoded = decode(content.bytes);
  if (decoded.kind === "not-text") return { ...nothing, unreadable: `${decoded.why}.` };
  const { text, byteOrderMark } = decoded;
  const parts = layout.parts?.(text) ?? null;
  const part = parts === null ? { start: 0, end: text.length } : parts[direction];
  const filled = fillIn(part === null ? blank(text) : only(text, part), variables, dialect);
  const script = await reader.read(filled.text, filled.lines);
  const directives = [...(await headerDirectives(text, parts, reader)), ...script.directives];
  return {
    script,
    digest: scriptDigest(text),
    unreadable: null,
    byteOrderMark,
    directives,
    isMissing: part === null,
    model: modelOf(parts, path, { ...options, directives }),
  };
}

/** What is said above the first part of a file that holds both: it is about both. */
async function headerDirectives(text: string, parts: Parts | null, reader: SqlReader): Promise<readonly Directive[]> {
  const starts = [parts?.up, parts?.down].flatMap((part) => (part === null || part === undefined ? [] : [part.start]));
  if (starts.length === 0) return [];
  const header = text.slice(0, Math.min(...starts));
  return mayHaveDirectives(header) ? (await reader.read(header, linesOf(text))).directives : [];
}

function modelOf(
  parts: Parts | null,
  path: string,
  { layout, appliedBy, direction, workspace, directives }: ReadOptions & Pick<ReadFile, "directives">,
): TransactionModel {
  if (appliedBy === "lockkeeper") {
    return directives.some(({ kind }) => kind === "no-transaction") ? "statements" : "lockkeeper";
  }
  if (layout.withoutTransaction === null) return layout.runs;
  const asks = parts?.withoutTransaction[direction] === true || asksBeside(path, layout, workspace);
  return asks ? layout.withoutTransaction.runs : layout.runs;
}

function asksBeside(script: string, { beside }: Layout, workspace: Workspace): boolean {
  if (beside === null) return false;
  const content = workspace.read(beside.path(script));
  const decoded = content.kind === "bytes" ? decode(content.bytes) : null;
  return decoded?.kind === "text" && beside.asks(decoded.text);
}

/** The part alone, at its place: everything else is white space, so that every line and column stays what it is in the file. */
function only(text: string, { start, end, without = [] }: Range): string {
  if (start === 0 && end === text.length && without.length === 0) return text;
  let kept = blank(text.slice(0, start));
  let at = start;
  for (const gap of [...without, { start: end, end: text.length }]) {
    kept += text.slice(at, gap.start) + blank(text.slice(gap.start, gap.end));
    at = gap.end;
  }
  return kept;
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, " ");
}
