import type { Span } from "../../src/sql/spans.ts";

/** The offset (UTF-16 units) of a place, found by counting from the start of the text. */
export function offsetOf(text: string, line: number, column: number): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}

/** The place of an offset, found by counting from the start of the text. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

export function slice(text: string, { line, column, endLine, endColumn }: Span): string {
  return text.slice(offsetOf(text, line, column), offsetOf(text, endLine, endColumn));
}
