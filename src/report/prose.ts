import { cellsOf } from "./cells.ts";

export interface Margins {
  /** Columns of the terminal. */
  readonly width: number;
  /** Spaces before the first line. */
  readonly indent: number;
  /** Spaces before the lines after it; as the first where it is left out. */
  readonly hanging?: number;
}

// Longer lines are hard to read, however wide the terminal.
const widestProse = 100;

/** A sentence as lines of at most the width, broken between words. */
export function wrap(sentence: string, margins: Margins): readonly string[] {
  return fill(sentence.split(" "), margins);
}

/** Pieces set one after the other with a space between them, as lines; a piece is never broken, however long. */
export function fill(pieces: readonly string[], { width, indent, hanging = indent }: Margins): readonly string[] {
  const right = Math.min(width, widestProse);
  const lines: string[] = [];
  let line = "";
  let cells = 0;
  for (const piece of pieces) {
    const added = cellsOf(piece);
    if (line === "") {
      line = " ".repeat(lines.length === 0 ? indent : hanging) + piece;
      cells = cellsOf(line);
    } else if (cells + 1 + added <= right) {
      line += ` ${piece}`;
      cells += 1 + added;
    } else {
      lines.push(line);
      line = " ".repeat(hanging) + piece;
      cells = hanging + added;
    }
  }
  return line === "" ? lines : [...lines, line];
}
