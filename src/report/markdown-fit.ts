import { count, list } from "../text.ts";

/** A text that is only made when there is room for it. The higher its severity, the later it is left out. */
export interface Piece {
  readonly severity: number;
  text(): string;
}

/** The findings of one migration, between the two ends of what they are folded in. */
export interface Section {
  readonly start: string;
  readonly findings: readonly Piece[];
  readonly end: string;
}

/** A report cut into what can be left out of it; an empty text is not there. In the order in which they are read. */
export interface Parts {
  readonly verdict: string;
  readonly policy: string;
  readonly tableHead: string;
  readonly rows: readonly Piece[];
  /** The line under the table for the migrations that never have a row. */
  readonly others: string;
  readonly sections: readonly Section[];
  /** Findings that are only counted, whatever room there is. */
  readonly counted: readonly string[];
  readonly coverage: string;
  readonly names: readonly string[];
  readonly judgedFor: string;
}

/** The parts as one text of at most so many bytes of UTF-8, but for the verdict, which is there in any case. */
export function withinBytes(parts: Parts, maxBytes: number): string {
  const whole = choose(parts, maxBytes);
  const { above, leftOut, below } = whole.leftOut === "" ? whole : choose(parts, maxBytes - longestCount);
  const counts = leftOut !== "" && bytesOf(parts.verdict) + longestCount <= maxBytes;
  return `${[parts.verdict, ...above, ...(counts ? [leftOut] : []), ...below].join("\n\n")}\n`;
}

/** Bytes of the line that counts what was left out, and of the lines around it, at most. */
const longestCount = 128;

interface Chosen {
  /** The blocks before and after the line that counts what was left out. */
  readonly above: readonly string[];
  readonly below: readonly string[];
  /** Empty where nothing was. */
  readonly leftOut: string;
}

/** What is left of the bytes. */
interface Room {
  /** Whether there was room for all of these, each with the lines around it; nothing is taken where there was not. */
  take(...texts: readonly string[]): boolean;
  isFull(): boolean;
}

function roomOf(maxBytes: number): Room {
  const separator = 2;
  let room = maxBytes;
  return {
    take(...texts) {
      const bytes = texts.reduce((sum, text) => sum + bytesOf(text) + separator, 0);
      if (bytes > room) return false;
      room -= bytes;
      return true;
    },
    isFull: () => room <= separator,
  };
}

function choose(parts: Parts, maxBytes: number): Chosen {
  const room = roomOf(maxBytes - bytesOf(parts.verdict) - 1);
  let lines = 0;
  const line = (text: string): readonly string[] => {
    if (text === "" || room.take(text)) return text === "" ? [] : [text];
    lines++;
    return [];
  };
  const coverage = line(parts.coverage);
  const judgedFor = line(parts.judgedFor);
  const policy = line(parts.policy);
  const others = line(parts.others);
  const names = parts.names.flatMap(line);
  const counted = line(parts.counted.join("  \n"));

  const rows = chooseRows(parts, room);
  const missingRows = parts.rows.length - rows.length;
  // Findings under half a table would read as all there are.
  const sections = missingRows > 0 ? [] : chooseFindings(parts.sections, room);
  const findings = parts.sections.reduce((sum, section) => sum + section.findings.length, 0);
  const missingFindings = findings - sections.reduce((sum, { texts }) => sum + texts.length, 0);

  const table = rows.length === 0 ? [] : [[parts.tableHead, ...rows].join("\n")];
  const folded = sections.flatMap(({ section, texts }) => [section.start, ...texts, section.end]);
  const missing = [
    missingFindings === 0 ? null : count(missingFindings, "finding"),
    missingRows === 0 ? null : count(missingRows, "row of the table", "rows of the table"),
    lines === 0 ? null : count(lines, "line about the check", "lines about the check"),
  ].filter((words) => words !== null);
  return {
    above: [...policy, ...table, ...others, ...folded, ...counted],
    leftOut: missing.length === 0 ? "" : `Left out for their size: ${list(missing)}.`,
    below: [...coverage, ...names, ...judgedFor],
  };
}

/** As many rows as there is room for, the most severe first, in the order of the table. */
function chooseRows({ rows, tableHead }: Parts, room: Room): readonly string[] {
  const chosen: { readonly at: number; readonly text: string }[] = [];
  for (const { piece, at } of mostSevereFirst(rows.map((piece, at) => ({ piece, at })))) {
    const text = piece.text();
    if (!room.take(...(chosen.length === 0 ? [tableHead, text] : [text]))) break;
    chosen.push({ at, text });
  }
  return chosen.sort((a, b) => a.at - b.at).map(({ text }) => text);
}

interface ChosenSection {
  readonly section: Section;
  readonly texts: readonly string[];
}

/** As many findings as there is room for, the most severe first, in the order of the files. One that is too long is passed over. */
function chooseFindings(sections: readonly Section[], room: Room): readonly ChosenSection[] {
  const all = sections.flatMap((section) => section.findings.map((piece) => ({ piece, section })));
  const chosen = new Map<Section, Map<Piece, string>>();
  for (const { piece, section } of mostSevereFirst(all)) {
    if (room.isFull()) break;
    const text = piece.text();
    const others = chosen.get(section);
    if (!room.take(...(others === undefined ? [section.start, text, section.end] : [text]))) continue;
    chosen.set(section, (others ?? new Map<Piece, string>()).set(piece, text));
  }
  return sections.flatMap((section): ChosenSection[] => {
    const found = chosen.get(section);
    if (found === undefined) return [];
    return [{ section, texts: section.findings.flatMap((piece) => found.get(piece) ?? []) }];
  });
}

function mostSevereFirst<T extends { readonly piece: Piece }>(all: readonly T[]): readonly T[] {
  return all.toSorted((a, b) => b.piece.severity - a.piece.severity);
}

const ascii = /^[\0-\x7f]*$/;

function bytesOf(text: string): number {
  return ascii.test(text) ? text.length : new TextEncoder().encode(text).length;
}
