import { count } from "../text.ts";
import { cellsOf, noOrder, shown } from "./cells.ts";
import { frame, linesOfSource } from "./frame.ts";
import { coloured, type Paint, plain, type Style } from "./paint.ts";
import { fill, wrap } from "./prose.ts";
import type { Report, ReportCoverage, ReportFinding, ReportReason, ReportStatement } from "./report.ts";
import { acceptableIn, isAboutTheFile, oneLine, riskWords, type Said, saferLines, saidOf, shortened } from "./said.ts";
import { coverageSentence, judgedForSentence, policySentence, someNames, verdictSentence } from "./sentences.ts";
import { migrationTable } from "./table.ts";
import { classWords } from "./words.ts";

export interface TerminalOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** The text of a file, decoded as its spans were counted; null where it cannot be had. */
  source(path: string): string | null;
}

const narrowest = 20;

/** The report as text for people: findings, a table of the migrations, the verdict, and what was checked. Ends with a line end. */
export function renderTerminal(report: Report, { color, width: columns, source }: TerminalOptions): string {
  const paint = color ? coloured : plain;
  const width = Math.max(narrowest, columns);
  const lines = sourceLines(source);
  const { kept, more } = shortened(report.migrations.flatMap(saidOf(report, worthSaying)));
  const acceptable = acceptableIn(report);
  const findings = [
    ...kept.flatMap((said) => [
      ...findingLines(said.finding, lines(said.finding.path), { width, paint }),
      ...acceptance(said, acceptable, width),
      "",
    ]),
    ...more.flatMap(({ rule, risk, more }) => [`and ${count(more, "more finding")} of ${shown(rule)} (${risk})`, ""]),
  ];
  const table = migrationTable(report.migrations, { width, paint });
  const parts = [
    ...findings,
    ...(table.lines.length === 0 ? [] : [...table.lines, ""]),
    ...verdictLines(report, { width, paint, policy: !table.saysPolicy }),
    ...coverageLines(report.coverage, { width, paint }),
    ...(report.migrations.length === 0 && report.base === null
      ? []
      : wrap(judgedForSentence(report), { width, indent: 0, hanging: 2 })),
  ];
  return `${parts.map(noOrder).join("\n")}\n`;
}

/** A statement that no rule explains, and that is only medium, says enough for itself in the verdict's reasons. */
function worthSaying({ risk }: ReportStatement): boolean {
  return risk === "high" || risk === "critical";
}

interface Look {
  readonly width: number;
  readonly paint: Paint;
}

/** The lines of each file, split once however many findings it has. */
function sourceLines(source: (path: string) => string | null): (path: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (path) => {
    const split = known.get(path);
    if (split !== undefined) return split;
    const text = source(path);
    const lines = text === null ? [] : linesOfSource(text);
    known.set(path, lines);
    return lines;
  };
}

function findingLines(finding: ReportFinding, source: readonly string[], { width, paint }: Look): readonly string[] {
  const style: Style = finding.blocks ? "blocked" : finding.risk;
  const place = `${shown(finding.path)}:${finding.line}:${finding.column}`;
  const word = riskWords(finding);
  const what = `${paint(style, word)}  ${shown(finding.rule)}`;
  const fits = cellsOf(`${place}  ${word}  ${shown(finding.rule)}`) <= width;
  return [
    ...(fits ? [`${paint("strong", place)}  ${what}`] : [paint("strong", place), `  ${what}`]),
    ...(isAboutTheFile(finding) ? [] : frame(source, finding, { width, paint, style })),
    ...wrap(shown(oneLine(finding.message)), { width, indent: 2 }),
    ...saferSql(finding.safer, paint),
    ...(finding.allowed === null ? [] : wrap(`Allowed: ${shown(oneLine(finding.allowed))}`, { width, indent: 2 })),
  ];
}

/** What to write to accept a finding whose risk an allowance lowers; never broken, so that it can be copied. */
function acceptance(said: Said, lowers: (said: Said) => boolean, width: number): readonly string[] {
  if (!lowers(said)) return [];
  const comment = `-- lockkeeper:allow ${shown(said.finding.rule)}: <reason>`;
  const line = `  To accept it: ${comment}`;
  return line.length <= width ? [line] : ["  To accept it:", `    ${comment}`];
}

/** Never broken or cut, so that it can be copied. A tab would make psql offer completions when it is pasted. */
function saferSql(safer: string | null, paint: Paint): readonly string[] {
  if (safer === null) return [];
  const printed = saferLines(safer).map((line) => shown(line.replace(/\t/g, "    ")).trimEnd());
  const label = paint("good", "Safer:");
  if (printed.length === 1) return [`  ${label} ${printed.join("")}`];
  return [`  ${label}`, ...printed.map((line) => (line === "" ? "" : `    ${line}`))];
}

const mostReasons = 5;

function verdictLines(
  report: Report,
  { width, paint, policy }: Look & { readonly policy: boolean },
): readonly string[] {
  const { outcome, because } = report.verdict;
  const { words, more: also } = verdictSentence(report);
  // Nothing was looked at, so nothing here may read as good news.
  if (report.migrations.length === 0 && outcome === "pass" && report.base === null)
    return [`Verdict: ${paint("strong", `${words}.`)}`];

  const style: Style = outcome === "pass" ? "good" : outcome === "blocked" ? "blocked" : report.risk;
  const more = because.length - mostReasons;
  const asked = policy ? policySentence(report) : null;
  return [
    `Verdict: ${paint(style, `${words}.`)}${also === "" ? "" : ` ${also}`}`,
    ...because.slice(0, mostReasons).flatMap((reason) => reasonLines(reason, report, width)),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(asked === null ? [] : wrap(asked, { width, indent: 0, hanging: 2 })),
  ];
}

function reasonLines(reason: ReportReason, report: Report, width: number): readonly string[] {
  const name = reason.kind === "finding" ? shown(reason.rule) : classWords[reason.class];
  const risk = blocks(reason, report) ? "blocked" : reason.risk;
  const pieces = [...name.split(" "), "at", `${shown(reason.path)}:${reason.line}`, `(${risk})`];
  return fill(pieces, { width, indent: 2, hanging: 4 });
}

function blocks(reason: ReportReason, report: Report): boolean {
  if (reason.kind !== "finding") return false;
  return report.migrations.some((migration) =>
    migration.findings.some(
      ({ blocks, rule, path, line }) => blocks && rule === reason.rule && path === reason.path && line === reason.line,
    ),
  );
}

function coverageLines(coverage: ReportCoverage, { width, paint }: Look): readonly string[] {
  return [
    ...wrap(coverageSentence(coverage), { width, indent: 0, hanging: 2 }),
    ...named("Could not be read:", coverage.unreadable, width).map((line) => paint("blocked", line)),
    ...named("Not migrations:", coverage.ignored, width).map((line) => paint("dim", line)),
  ];
}

function named(label: string, paths: readonly string[], width: number): readonly string[] {
  if (paths.length === 0) return [];
  const { names, more } = someNames(paths);
  const listed = names.map((name, i) => (i < names.length - 1 || more !== null ? `${name},` : name));
  return fill([label, ...listed, ...(more === null ? [] : [more])], { width, indent: 0, hanging: 2 });
}
