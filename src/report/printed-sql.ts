import { decode } from "../sql/decode.ts";
import { count } from "../text.ts";
import { sqlBlock } from "./markdown-text.ts";

/** More of what a command has printed is in the JSON alone. */
const mostLines = 200;
const longestLine = 400;

/** Printed SQL as text; null where it is none. */
export function textOf(bytes: Uint8Array): string | null {
  const decoded = decode(bytes);
  return decoded.kind === "text" ? decoded.text : null;
}

/** The lines of printed SQL that are shown, without blank ones, and how many are not. */
function linesOf(sql: string): { readonly lines: readonly string[]; readonly more: number } {
  const all = sql.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
  const lines = all
    .slice(0, mostLines)
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
  return { lines, more: all.length - lines.length };
}

/** What a command has printed, since no file shows it: for the terminal. */
export function printedLines(path: string, sql: string): readonly string[] {
  const { lines, more } = linesOf(sql);
  return [`${path}:`, ...lines.map((line) => `  ${line}`), ...(more > 0 ? [`  and ${moreWords(more)}`] : []), ""];
}

/** The same as Markdown. */
export function printedMarkdown(title: string, sql: string): string {
  const { lines, more } = linesOf(sql);
  return [title, "", sqlBlock(lines), ...(more > 0 ? ["", `and ${moreWords(more)}`] : [])].join("\n");
}

function moreWords(more: number): string {
  return `${count(more, "line")} more, which the JSON output has`;
}
