import { aloneInFile } from "../facts/clauses.ts";
import { tokenAt } from "../sql/lexer.ts";
import { readScript } from "../sql/parse.ts";
import type { Grammar } from "../sql/postgres.ts";
import { shown } from "./cells.ts";
import { linesOfSource } from "./frame.ts";
import { code, fenceFor, prose } from "./markdown-text.ts";
import type { Report, ReportFinding, ReportMigration, ReportSpan, ReportStatement } from "./report.ts";
import { isAboutTheFile, oneLine, saferLines, severity } from "./said.ts";

/** Lines of a file with what to write in their place, which GitHub puts there at one click. */
export interface Suggestion {
  readonly rule: string;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  /** What takes the place of the lines, without the end of the last. */
  readonly replacement: string;
  /** The text of the review comment, in GitHub's Markdown. */
  readonly body: string;
}

export interface SuggestionOptions {
  /** The text of a file, as its spans were counted; null where it cannot be had. */
  source(path: string): string | null;
  /** Of the server's version that the report was made for. */
  readonly grammar: Grammar;
}

/**
 * What the safer SQL of these rules is to the statement that they find: it takes its place, or it goes before it. That of all other rules
 * is the first of several steps, or advice.
 */
const fits: Readonly<Record<string, "in-place" | "before">> = {
  "cannot-run-in-transaction": "in-place",
  "create-index-concurrently": "in-place",
  "drop-index-concurrently": "in-place",
  "missing-lock-timeout": "before",
  "reindex-concurrently": "in-place",
  "rewrite-table": "in-place",
};

/**
 * Where safer SQL can be put in the place of the lines as they stand: the statement has its lines to itself, the safer SQL is all that is
 * needed, and the file can be parsed afterwards. The most severe finding of a statement, in the order of the files.
 */
export async function suggestionsOf(
  { migrations }: Report,
  { source, grammar }: SuggestionOptions,
): Promise<readonly Suggestion[]> {
  const found: Suggestion[] = [];
  for (const migration of migrations) {
    const text =
      migration.dialect === "postgresql" && migration.generated === undefined ? source(migration.path) : null;
    // Of another database nothing can be parsed again here.
    if (text === null || migration.findings.every(({ rule }) => fits[rule] === undefined)) continue;
    const lines = linesOfSource(text);
    const taken = new Set<ReportStatement>();
    for (const finding of migration.findings.toSorted((a, b) => severity(b) - severity(a))) {
      const statement = statementOf(finding, migration);
      if (statement === null || taken.has(statement)) continue;
      const suggestion = suggestionFor(finding, { statement, migration, lines });
      if (suggestion === null || !(await isRead(suggestion, { text, lines, grammar }))) continue;
      taken.add(statement);
      found.push(suggestion);
    }
  }
  return found.sort((a, b) => (a.path === b.path ? a.startLine - b.startLine : 0));
}

/** The one statement that a finding is about, where it does one thing only: safer SQL for one subcommand says nothing of the others. */
function statementOf(finding: ReportFinding, { path, statements }: ReportMigration): ReportStatement | null {
  if (finding.path !== path || finding.allowed !== null || isAboutTheFile(finding)) return null;
  const at = statements.find((each) => each.line <= finding.line && finding.endLine <= each.endLine);
  return at?.actions.length === 1 || fits[finding.rule] === "before" ? (at ?? null) : null;
}

interface Around {
  readonly statement: ReportStatement;
  readonly migration: ReportMigration;
  readonly lines: readonly string[];
}

function suggestionFor(finding: ReportFinding, { statement, migration, lines }: Around): Suggestion | null {
  const { rule, path } = finding;
  const fit = fits[rule];
  const indent = indentOfOwnLines(statement, lines);
  const safer = saferSql(finding, statement, migration);
  if (fit === undefined || indent === null || safer === null) return null;
  const written = safer.map((line) => (line === "" ? line : indent + line));
  const kept = fit === "before" ? lines.slice(statement.line - 1, statement.endLine) : [];
  const all = [...written, ...kept];
  // What a reader of the page would not see must not get into a file by one click.
  if (all.some((line) => shown(line.replaceAll("\t", "    ")) !== line.replaceAll("\t", "    "))) return null;
  const fence = fenceFor(all);
  const body = [`${code(rule)}: ${prose(oneLine(finding.message))}`, "", `${fence}suggestion`, ...all, fence].join(
    "\n",
  );
  return { rule, path, startLine: statement.line, endLine: statement.endLine, replacement: all.join("\n"), body };
}

/** The lines of the safer SQL where they are SQL and nothing else; null where something is left to be done by hand. */
function saferSql(
  { safer }: ReportFinding,
  statement: ReportStatement,
  migration: ReportMigration,
): readonly string[] | null {
  if (safer === null) return null;
  const all = saferLines(safer);
  const isAdvised = all.at(-1) === aloneInFile;
  if (isAdvised && !runsAlone(statement, migration)) return null;
  const sql = isAdvised ? all.slice(0, -1) : all;
  return sql.length > 0 && !hasComment(sql.join("\n")) ? sql : null;
}

/** Whether a statement that can be in no transaction runs where this one stands: it is all there is, and nobody opens one around it. */
function runsAlone({ transaction }: ReportStatement, { statements, appliedBy }: ReportMigration): boolean {
  // Both look at what a file holds before they open a transaction.
  return statements.length === 1 && (transaction === null || appliedBy === "lockkeeper" || appliedBy === "flyway");
}

function hasComment(sql: string): boolean {
  for (let token = tokenAt(sql, 0); token !== null; token = tokenAt(sql, token.end)) {
    if (token.kind === "comment") return true;
  }
  return false;
}

/** What stands before a statement that shares its lines with nothing else; null where it does. */
function indentOfOwnLines({ line, column, endLine, endColumn }: ReportSpan, lines: readonly string[]): string | null {
  const before = (lines[line - 1] ?? "").slice(0, column - 1);
  const after = (lines[endLine - 1] ?? "x").slice(endColumn - 1);
  return /^[ \t]*$/.test(before) && /^[ \t]*;?[ \t]*$/.test(after) ? before : null;
}

/** Whether every statement of the file can be read once the lines are replaced. */
async function isRead(
  { startLine, endLine, replacement }: Suggestion,
  { text, lines, grammar }: { readonly text: string; readonly lines: readonly string[]; readonly grammar: Grammar },
): Promise<boolean> {
  // Reading a file of megabytes again for each of its findings would take longer than the check itself.
  if (text.length > longestText) return false;
  const after = [...lines.slice(0, startLine - 1), replacement, ...lines.slice(endLine)].join("\n");
  const { pieces } = await readScript(after, grammar);
  return pieces.every(({ kind }) => kind === "statement");
}

const longestText = 64 * 1024;
