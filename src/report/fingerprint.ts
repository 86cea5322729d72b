import { tokenAt } from "../sql/lexer.ts";
import { linesOfSource } from "./frame.ts";
import type { ReportFinding, ReportMigration, ReportSpan, ReportStatement } from "./report.ts";
import { isAboutTheFile } from "./said.ts";

export interface FingerprintOptions {
  /** The text of a file, decoded as its spans were counted; null where it cannot be had. */
  source(path: string): string | null;
  /** SHA-256 of a text as hexadecimal digits. */
  sha256(text: string): string;
}

/** A finding under the id that it is reported by. */
export interface Identified {
  readonly id: string;
  readonly finding: ReportFinding;
}

/**
 * For each finding of a migration what makes it the same one when the rest of the file has changed: its rule, and the SQL that it is
 * about without comments, white space and the case of words. So a finding that moves or is formatted anew keeps its alert, and
 * one whose statement does something else now is a new one. Two of the same in a file are told apart by their order.
 */
export function fingerprintsOf(
  migration: ReportMigration,
  identified: readonly Identified[],
  { source, sha256 }: FingerprintOptions,
): readonly string[] {
  const linesOf = remembering((path: string) => {
    const text = source(path);
    return text === null ? null : linesOfSource(text);
  });
  // A statement of many megabytes may have a finding for each of its parts.
  const statementSql = remembering((statement: ReportStatement) => normal(linesOf(migration.path) ?? [], statement));

  const about = (finding: ReportFinding): readonly string[] => {
    if (isAboutTheFile(finding)) return [finding.path];
    const lines = linesOf(finding.path);
    if (lines === null) return [finding.path, finding.message];
    const statement = finding.path === migration.path ? statementAt(migration.statements, finding) : null;
    if (statement === null) return [normal(lines, finding)];
    const whole = statementSql(statement);
    return sameSpan(statement, finding) ? [whole] : [whole, normal(lines, finding)];
  };

  const counts = new Map<string, number>();
  return identified.map(({ id, finding }) => {
    const hash = sha256([id, ...about(finding)].join("\0")).slice(0, 32);
    const nth = (counts.get(`${finding.path}\0${hash}`) ?? 0) + 1;
    counts.set(`${finding.path}\0${hash}`, nth);
    return `${hash}:${nth}`;
  });
}

function remembering<K, V>(work: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = work(key);
    known.set(key, value);
    return value;
  };
}

/** The statement in which a stretch of the same file begins; null where there is none. The statements are in the order of their places. */
function statementAt(statements: readonly ReportStatement[], { line, column }: ReportSpan): ReportStatement | null {
  let low = 0;
  let high = statements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = statements[middle];
    if (at !== undefined && (at.line < line || (at.line === line && at.column <= column))) low = middle + 1;
    else high = middle;
  }
  const found = statements[low - 1];
  if (found === undefined) return null;
  const { endLine, endColumn } = found;
  return line < endLine || (line === endLine && column <= endColumn) ? found : null;
}

function sameSpan(a: ReportSpan, b: ReportSpan): boolean {
  return a.line === b.line && a.column === b.column && a.endLine === b.endLine && a.endColumn === b.endColumn;
}

/** The SQL of a stretch, with one space between its parts, words in lower case, and no comments; a stretch of comments as it is. */
function normal(lines: readonly string[], { line, column, endLine, endColumn }: ReportSpan): string {
  const text = lines
    .slice(line - 1, endLine)
    .map((each, i, all) => each.slice(i === 0 ? column - 1 : 0, i === all.length - 1 ? endColumn - 1 : undefined))
    .join("\n");
  const parts: string[] = [];
  for (let token = tokenAt(text, 0); token !== null; token = tokenAt(text, token.end)) {
    const part = text.slice(token.start, token.end);
    if (token.kind !== "comment") parts.push(token.kind === "word" ? part.toLowerCase() : part);
  }
  return parts.length > 0 ? parts.join(" ") : text.replace(/\s+/g, " ").trim();
}
