import { isSpace, tokenAt } from "./lexer.ts";
import type { Script } from "./script.ts";
import { type Span, sameOrInside } from "./spans.ts";

/** What an author tells Lockkeeper in a comment of a migration: `-- lockkeeper:allow RULE: reason`, `-- lockkeeper:no-transaction`. */
export type Directive = DirectivePlace &
  Readonly<
    | { kind: "allow"; rule: string; reason: string }
    | { kind: "no-transaction" }
    /** For how long the file may make others wait. */
    | { kind: "max-blocking"; ms: number; reason: string }
    /** A comment that starts like one and is none; why says what is wrong and what to write. */
    | { kind: "invalid"; why: string }
  >;

/** Where a directive stands, and what it is about. */
export interface DirectivePlace {
  readonly span: Span;
  /** The statement that it stands above or in; null in the header, where it is about the whole file. */
  readonly about: Span | null;
  /** Whether no statement comes before it. */
  readonly isHeader: boolean;
}

const start = /^lockkeeper\s*:/i;

/** Whether a text may hold a directive. Nearly every file has none, and a file can have 50 MB. */
export function mayHaveDirectives(text: string): boolean {
  return /lockkeeper\s*:/i.test(text);
}

/** A comment of a text, with its marks. */
export interface CommentPlace {
  readonly start: number;
  readonly end: number;
  /** False for one that runs to the end of the text without being closed. */
  readonly closed: boolean;
}

/**
 * The directives of a script, in order; what stands in strings and bodies of functions is not read.
 * @param comments where the script has comments, in order: another database has other ones than PostgreSQL.
 */
export function readDirectives(
  { text, lines, pieces }: Pick<Script, "text" | "lines" | "pieces">,
  comments: Iterable<CommentPlace> = commentsOf(text),
): Directive[] {
  if (!mayHaveDirectives(text)) return [];
  const spans = pieces.map(({ span }) => span);
  const found: Directive[] = [];
  const all = [...comments];
  let at = 0;
  for (const [i, place] of all.entries()) {
    const { from, to, words, alone } = said(place, text);
    if (!start.test(words)) continue;
    const span = lines.span(from, to);
    while (at < spans.length && endsBefore(spans[at], span)) at++;
    const next = spans[at] ?? null;
    const isHeader = at === 0 && (next === null || !sameOrInside(next, span));
    const about = isHeader && next !== null && standsApart(all.slice(i), text) ? null : next;
    found.push({ span, about, isHeader, ...meaning(words.replace(start, ""), { alone, next, isHeader }) });
  }
  return found;
}

interface Comment {
  readonly from: number;
  readonly to: number;
  /** What it says, without its marks. */
  readonly words: string;
  /** Whether nothing stands before it in its line. */
  readonly alone: boolean;
}

/** The comments of PostgreSQL. */
function* commentsOf(text: string): Generator<CommentPlace> {
  for (let token = tokenAt(text, 0); token !== null; token = tokenAt(text, token.end))
    if (token.kind === "comment") yield token;
}

function said({ start, end, closed }: CommentPlace, text: string): Comment {
  const written = text.slice(start, end);
  const lineStart = Math.max(text.lastIndexOf("\n", start), text.lastIndexOf("\r", start)) + 1;
  const alone = text.slice(lineStart, start).trim() === "";
  return { from: start, to: end, words: withoutMarks(written, closed).trim(), alone };
}

function withoutMarks(written: string, closed: boolean): string {
  if (written.startsWith("--")) return written.slice(2);
  // MySQL has those, too.
  if (written.startsWith("#")) return written.slice(1);
  return written.slice(2, closed ? -2 : undefined);
}

function endsBefore(statement: Span | undefined, { line, column }: Span): boolean {
  if (statement === undefined) return false;
  return statement.endLine < line || (statement.endLine === line && statement.endColumn <= column);
}

/** In the header a blank line between a comment, the first of these, and the first statement makes it one for the whole file. */
function standsApart(comments: readonly CommentPlace[], text: string): boolean {
  for (const [i, { end }] of comments.entries()) {
    let next = end;
    while (isSpace(text.charCodeAt(next))) next++;
    if (/\n[ \t]*\r?\n/.test(text.slice(end, next))) return true;
    if (comments[i + 1]?.start !== next) return false;
  }
  return false;
}

type Meaning =
  | { readonly kind: "allow"; readonly rule: string; readonly reason: string }
  | { readonly kind: "no-transaction" }
  | { readonly kind: "max-blocking"; readonly ms: number; readonly reason: string }
  | { readonly kind: "invalid"; readonly why: string };

const example = "-- lockkeeper:allow <rule>: <reason>";

function meaning(
  written: string,
  { alone, next, isHeader }: { alone: boolean; next: Span | null; isHeader: boolean },
): Meaning {
  const word = /^\s*([\w-]*)/.exec(written)?.[1]?.toLowerCase() ?? "";
  const rest = written.replace(/^\s*[\w-]*/, "").trim();
  if (word === "no-transaction") {
    if (!isHeader) return wrong("no-transaction is about the whole file: write it above the first statement");
    return { kind: "no-transaction" };
  }
  if (word === "max-blocking") return longerBlocking(rest, isHeader);
  if (word !== "allow") {
    return wrong(`it knows "allow", "no-transaction" and "max-blocking" here: write ${example}`);
  }
  const named = /^([\w-]+)\s*(?::\s*([\s\S]*))?$/.exec(rest);
  const reason = named?.[2]?.trim() ?? "";
  const rule = named?.[1];
  if (rule === undefined) return wrong(`an allowance names one rule and gives its reason: write ${example}`);
  if (reason === "" || /^<.*>$/.test(reason)) {
    return wrong(`the allowance of ${rule} gives no reason: write -- lockkeeper:allow ${rule}: <reason>`);
  }
  if (!alone) return wrong("an allowance stands in a line of its own, above the statement that it is about");
  if (next === null && !isHeader) return wrong("no statement follows it: write it above the one that it is about");
  return { kind: "allow", rule, reason };
}

/** max-blocking 30s: reason */
function longerBlocking(rest: string, isHeader: boolean): Meaning {
  const form = "write -- lockkeeper:max-blocking 30s: <reason>";
  if (!isHeader) return wrong(`max-blocking is about the whole file: ${form}, above the first statement`);
  const [, number, unit, reason = ""] = /^(\d{1,4})\s*(s|min)\s*(?::\s*([\s\S]*))?$/.exec(rest) ?? [];
  if (number === undefined) return wrong(`max-blocking names a time in s or min: ${form}`);
  const said = reason.trim();
  if (said === "" || /^<.*>$/.test(said)) return wrong(`max-blocking gives no reason: ${form}`);
  return { kind: "max-blocking", ms: Number(number) * (unit === "min" ? 60_000 : 1_000), reason: said };
}

function wrong(why: string): Meaning {
  return { kind: "invalid", why };
}
