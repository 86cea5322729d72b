import { isUtf8 } from "node:buffer";
import type { ConfigSourceProblem, Position } from "../ports.ts";

/** The text of a config file without its byte order mark, or where and why it is none. */
export type Decoded =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "refused"; readonly problem: ConfigSourceProblem };

/** Reads bytes as UTF-8; anything else is refused, for a config that was misread would be worse than none. */
export function decodeConfig(bytes: Uint8Array): Decoded {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return refused({ line: 1, column: 1 }, "the file is UTF-16: save it as UTF-8");
  }
  const nul = bytes.indexOf(0);
  const text = new TextDecoder().decode(bytes);
  if (!isUtf8(bytes)) return refused(firstBad(bytes), "the text here is not UTF-8: save the file as UTF-8");
  if (nul >= 0) return refused(positionIn(text)(text.indexOf("\0")), "a NUL character stands here: remove it");
  return { kind: "text", text };
}

/** Turns offsets in the text into lines and columns; columns count UTF-16 units, as editors do. */
export function positionIn(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    // The last line that starts at or before the offset, by halving: a hostile file has a million lines and as many mistakes.
    let [line, end] = [0, starts.length];
    while (end - line > 1) {
      const middle = (line + end) >> 1;
      if ((starts[middle] ?? 0) <= offset) line = middle;
      else end = middle;
    }
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

function refused(at: Position, message: string): Decoded {
  return { kind: "refused", problem: { at, message } };
}

function firstBad(bytes: Uint8Array): Position {
  let line = 1;
  for (let start = 0; start <= bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const row = bytes.subarray(start, end);
    if (!isUtf8(row)) return { line, column: new TextDecoder().decode(row).indexOf("\ufffd") + 1 };
    start = end + 1;
  }
  return { line: 1, column: 1 };
}
