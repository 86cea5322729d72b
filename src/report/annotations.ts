import { directoryOfGenerated, isGenerated } from "../migrations/generated.ts";
import { count, list } from "../text.ts";
import { noOrder, shown } from "./cells.ts";
import type { Report, ReportFinding } from "./report.ts";
import { oneLine, type Said, saferLines, saidOf, severity } from "./said.ts";
import { coverageSentence, judgedForSentence, policySentence, someNames, verdictSentence } from "./sentences.ts";

export type AnnotationLevel = "error" | "warning" | "notice";

/** A remark on lines of a file, as GitHub shows it beside them. Texts are as they are in the files: not yet safe to print. */
export interface Annotation {
  readonly level: AnnotationLevel;
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  /** In UTF-16 units, from 1. Null where there is more than one line: GitHub takes columns within one line only. */
  readonly column: number | null;
  /** Behind the last unit. */
  readonly endColumn: number | null;
  /** The rule; for a statement that no rule explains, what it is. */
  readonly title: string;
  /** Plain text of several lines: what is wrong, the safer SQL, the reason of an allowance. */
  readonly message: string;
}

/** All that is said of the migrations, the most severe first, and else in the order of the files. */
export function annotationsOf(report: Report): readonly Annotation[] {
  return report.migrations
    .flatMap(saidOf(report))
    .sort((a, b) => severity(b.finding) - severity(a.finding))
    .map(annotationIn(report));
}

/** Printed SQL has no lines in a file: what is said of it stands at the config, which names the command. */
export function placeInConfig({ config }: Pick<Report, "config">, path: string): string {
  return config ?? directoryOfGenerated(path);
}

function annotationIn(report: Report): (said: Said) => Annotation {
  return (said) => {
    const annotation = annotationOf(said);
    const { path, line } = annotation;
    if (!isGenerated(path)) return annotation;
    const place = { path: placeInConfig(report, path), line: 1, endLine: 1, column: null, endColumn: null };
    return { ...annotation, ...place, message: `${path}:${line}: ${annotation.message}` };
  };
}

function annotationOf({ finding }: Said): Annotation {
  const { path, line, endLine, column, endColumn, rule } = finding;
  const columns = line === endLine ? { column, endColumn } : { column: null, endColumn: null };
  return { level: levelOf(finding), path, line, endLine, ...columns, title: rule, message: messageOf(finding) };
}

/** How loud a finding is: what stops the deploy or loses data, what makes others wait or fail, and the rest. */
export function levelOf({ risk, blocks }: Pick<ReportFinding, "risk" | "blocks">): AnnotationLevel {
  if (blocks || risk === "critical") return "error";
  return risk === "high" ? "warning" : "notice";
}

/** The runner cuts longer messages off, and so might leave half of an SQL statement. */
const longestMessage = 4096;

/** What a finding says in plain text, its safer SQL included where it is not too long to be shown whole. */
export function messageOf({ message, safer, allowed, certainty }: ReportFinding): string {
  const maybe = certainty === "possible" ? ["This is possible, not certain."] : [];
  const reason = allowed === null ? [] : [`Allowed: ${oneLine(allowed)}`];
  const sentence = [oneLine(message), ...maybe].join(" ");
  const short =
    sentence.length > longestMessage / 2
      ? `${sentence.slice(0, longestMessage / 2).replace(/[\ud800-\udbff]$/, "")}…`
      : sentence;
  const whole = [short, ...(safer === null ? [] : ["Safer:", ...saferLines(safer)]), ...reason].join("\n");
  if (whole.length <= longestMessage) return whole;
  return [short, "The safer SQL is too long to be shown here."].join("\n");
}

/** The runner keeps no more of each level in one step. */
const mostOfLevel = 10;
const levels: readonly AnnotationLevel[] = ["error", "warning", "notice"];

/**
 * The report as the workflow commands of a GitHub runner, which makes annotations of them, and then the verdict and what was
 * checked as text. Nothing from a file can be a command, or a part of one. Ends with a line end.
 */
export function renderAnnotations(report: Report): string {
  const all = annotationsOf(report);
  const shownOnes = levels.flatMap((level) => all.filter((each) => each.level === level).slice(0, mostOfLevel));
  const missing = levels.flatMap((level) => {
    const more = all.filter((each) => each.level === level).length - mostOfLevel;
    return more > 0 ? [count(more, level)] : [];
  });
  const { words, more } = verdictSentence(report);
  const text = [
    ...(missing.length === 0
      ? []
      : [`Not shown: ${list(missing)}. GitHub shows at most ${mostOfLevel} of each in a step.`]),
    `Verdict: ${words}.${more === "" ? "" : ` ${more}`}`,
    policySentence(report) ?? "",
    coverageSentence(report.coverage),
    named("Could not be read:", report.coverage.unreadable),
    named("Not migrations:", report.coverage.ignored),
    report.migrations.length === 0 ? "" : judgedForSentence(report),
  ].filter((line) => line !== "");
  return `${[...shownOnes.map(command), ...text.map(noOrder)].join("\n")}\n`;
}

function named(label: string, paths: readonly string[]): string {
  const { names, more } = someNames(paths);
  return names.length === 0 ? "" : `${label} ${[...names, ...(more === null ? [] : [more])].join(", ")}`;
}

function command({ level, path, line, endLine, column, endColumn, title, message }: Annotation): string {
  const columns = column === null ? [] : [`col=${column}`, `endColumn=${endColumn ?? column}`];
  const properties = [
    `file=${property(path)}`,
    `line=${line}`,
    `endLine=${endLine}`,
    ...columns,
    `title=${property(title)}`,
  ];
  return `::${level} ${properties.join(",")}::${data(message)}`;
}

/** A value as the runner reads it back: its line ends are part of it, and everything a log would act on is shown by its number. */
function data(text: string): string {
  return text
    .split("\n")
    .map((line) => noOrder(shown(line.replace(/\t/g, "    "))))
    .join("\n")
    .replaceAll("%", "%25")
    .replaceAll("\r", "%0D")
    .replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(shown(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
