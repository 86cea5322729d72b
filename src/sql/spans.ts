/** A stretch of a file. 1-based; columns count UTF-16 units, as editors and SARIF do; the end is the column after the last unit. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Whether the first stretch holds the whole of the second. */
export function sameOrInside(outer: Span, inner: Span): boolean {
  const startsIn = inner.line > outer.line || (inner.line === outer.line && inner.column >= outer.column);
  const endsIn =
    inner.endLine < outer.endLine || (inner.endLine === outer.endLine && inner.endColumn <= outer.endColumn);
  return startsIn && endsIn;
}

/** The first character of a file: where a finding about the file as a whole is shown. */
export const startOfFile: Span = { line: 1, column: 1, endLine: 1, endColumn: 1 };

/** Turns offsets of one text (UTF-16 units from its start) into lines and columns. Lines end at \n; \r\n counts as one end. */
export interface Lines {
  span(start: number, end: number): Span;
}

export function linesOf(text: string): Lines {
  let starts: number[] | null = null;
  const lineAt = (offset: number): { line: number; column: number } => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
  return {
    span(start, end) {
      const from = lineAt(start);
      const to = end === start ? from : lineAt(end);
      return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/**
 * Turns the parser's offsets (UTF-8 bytes) into offsets of the JavaScript string (UTF-16 units). Null when they are the same,
 * because the text is ASCII. Checkpoints every 1,024 units keep a look-up short without a table as large as the text.
 */
export function byteOffsets(text: string): ((bytes: number) => number) | null {
  if (isAscii(text)) return null;
  const step = 1024;
  const bytesAt: number[] = [0];
  const unitsAt: number[] = [0];
  let bytes = 0;
  let units = 0;
  let next = step;
  while (units < text.length) {
    const point = text.codePointAt(units) ?? 0;
    bytes += utf8Length(point);
    units += point > 0xffff ? 2 : 1;
    if (units >= next) {
      bytesAt.push(bytes);
      unitsAt.push(units);
      next = units + step;
    }
  }
  return (target) => {
    let low = 0;
    let high = bytesAt.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((bytesAt[middle] ?? 0) <= target) low = middle;
      else high = middle - 1;
    }
    let b = bytesAt[low] ?? 0;
    let u = unitsAt[low] ?? 0;
    while (b < target && u < text.length) {
      const point = text.codePointAt(u) ?? 0;
      b += utf8Length(point);
      u += point > 0xffff ? 2 : 1;
    }
    return u;
  };
}

/** The offset (UTF-16 units) of the code point with this number, counted from 0: the unit of the parser's error positions. */
export function unitsOfCodePoints(text: string, points: number): number {
  let units = 0;
  for (let left = points; left > 0 && units < text.length; left--) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}

function isAscii(text: string): boolean {
  return !/[^\u0000-\u007f]/.test(text);
}

/** Bytes of a code point in UTF-8; a lone surrogate is written as U+FFFD, three bytes, as the parser's encoder does. */
function utf8Length(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
