import { type Document, Lexer, parseDocument } from "yaml";
import type { ConfigSource, ConfigSourceProblem, Position } from "../ports.ts";
import { decodeConfig, positionIn } from "./decode.ts";
import { inPlainWords } from "./yaml-errors.ts";
import { type Located, locate } from "./yaml-tree.ts";

/**
 * A config file's bytes as a plain value. What is wrong with its text comes in `problems`; where something was refused for that, the
 * value is undefined. Loads the YAML reader, so it is imported only when there is a config file.
 */
export function configSource(file: { readonly path: string; readonly bytes: Uint8Array }): ConfigSource {
  const decoded = decodeConfig(file.bytes);
  if (decoded.kind === "refused") return unread(file.path, [decoded.problem]);
  const { text } = decoded;
  const positionOf = positionIn(text);
  const tooMuch = firstTokenTooMany(text);
  if (tooMuch !== null) {
    const message = `the file goes on for too long: more than ${maxTokens.toLocaleString("en-US")} words and signs`;
    return unread(file.path, [{ at: positionOf(tooMuch), message }]);
  }
  // Keys are compared in yaml-tree.ts: the package compares each with each, and tells only one of the two places.
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, strict: true, logLevel: "error" });
  const mistakes = firstOfEachLine(document, text, positionOf);
  if (mistakes.length > 0) return unread(file.path, mistakes);
  const root = locate(document.contents);
  if (root.node.value === null) {
    return unread(file.path, [
      { at: { line: 1, column: 1 }, message: "the file is empty: write at least `version: 1`" },
    ]);
  }
  const problems = [
    ...document.warnings.map((warning) => ({ at: positionOf(warning.pos[0]), message: inPlainWords(warning, text) })),
    ...root.problems.map(({ offset, message }) => ({ at: positionOf(offset), message: message(positionOf) })),
  ];
  return {
    path: file.path,
    value: root.node.value,
    problems,
    positionOf: (path, what = "value") => positionOf(offsetOf(root.node, path, what)),
  };
}

/** Far above any real config; it bounds the time and the memory that a hostile one takes (a second instead of minutes). */
const maxTokens = 50_000;

/** Tokens by which the lexer speaks to the parser (a document starts, a scalar follows, a flow ends): they stand for no text. */
const marks = new Set(["\u0002", "\u0018", "\u001f"]);

function firstTokenTooMany(text: string): number | null {
  let offset = 0;
  let tokens = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > maxTokens) return Math.min(offset, text.length);
    if (!marks.has(token)) offset += token.length;
  }
  return null;
}

/** One mistake makes the reader stumble several times over; the first word on a line is the one that says it. */
function firstOfEachLine(
  document: Document.Parsed,
  text: string,
  positionOf: (offset: number) => Position,
): readonly ConfigSourceProblem[] {
  const byLine = new Map<number, ConfigSourceProblem>();
  for (const error of document.errors) {
    const at = positionOf(Math.min(error.pos[0], text.length));
    if (!byLine.has(at.line)) byLine.set(at.line, { at, message: inPlainWords(error, text) });
  }
  return [...byLine.values()];
}

function offsetOf(root: Located, path: readonly (string | number)[], what: "key" | "value"): number {
  let offset = root.offset;
  let node = root;
  for (const [index, step] of path.entries()) {
    const child = node.children.get(step);
    if (child === undefined) return offset;
    // `key:` with nothing after it: the reader places the nothing at the next key.
    const wantsKey = what === "key" && index === path.length - 1;
    offset = wantsKey || child.node.blank ? child.keyOffset : child.node.offset;
    node = child.node;
  }
  return offset;
}

function unread(path: string, problems: readonly ConfigSourceProblem[]): ConfigSource {
  return { path, value: undefined, problems, positionOf: () => ({ line: 1, column: 1 }) };
}
