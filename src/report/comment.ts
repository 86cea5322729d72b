import { count, list } from "../text.ts";
import { approvalSentences } from "./approval-words.ts";
import { checklistOf } from "./checklist.ts";
import type { CommentContext } from "./comment-context.ts";
import { findingSection } from "./comment-findings.ts";
import { type CommentMark, writeMark } from "./comment-mark.ts";
import { commentRows, rowHead } from "./comment-rows.ts";
import { type GateState, gateStateOf } from "./gate-state.ts";
import { linked, linkedCommit, linkedLines, type Source } from "./links.ts";
import { lockChart } from "./lock-chart.ts";
import { withinBytes } from "./markdown-fit.ts";
import { code, prose } from "./markdown-text.ts";
import { collisionList, noticeList } from "./notices.ts";
import type { Report } from "./report.ts";
import { acceptableIn, cutShort, type Said, saidOf, shortened } from "./said.ts";
import { coverageSentence, judgedForSentence, policySentence, someNames } from "./sentences.ts";
import { listedOf } from "./table.ts";
import { classWords } from "./words.ts";

/** GitHub refuses a longer comment. It counts characters; bytes are never fewer, and so safe on every server. */
const longestComment = 65_536;

/** The one comment of a pull request as GitHub's Markdown, with the hidden line by which it is found again. Ends with a line end. */
export function renderComment(report: Report, context: CommentContext): string {
  const { text, findings } = written(report, context);
  const mark = `${writeMark(markOf(report, context, findings))}\n`;
  return mark + text({ maxBytes: longestComment - mark.length, chart: true });
}

/** The same page without the hidden line and without pictures, for where Mermaid is not drawn. */
export function renderPage(
  report: Report,
  context: CommentContext,
  { maxBytes }: { readonly maxBytes: number },
): string {
  return written(report, context).text({ maxBytes, chart: false });
}

function markOf(report: Report, { key, run, head }: CommentContext, findings: number): CommentMark {
  return { key, run: run.id, attempt: run.attempt, commit: head, verdict: report.verdict.outcome, findings };
}

interface Written {
  readonly findings: number;
  text(options: { readonly maxBytes: number; readonly chart: boolean }): string;
}

function written(report: Report, context: CommentContext): Written {
  const source = { repositoryUrl: context.repositoryUrl, head: context.head };
  const said = report.migrations.map(saidOf(report));
  const { kept, more } = shortened(said.flat());
  const keep = new Set<Said>(kept);
  const words = { source, rules: context.rules, rulesUrl: context.rulesUrl, isAcceptable: acceptableIn(report) };
  const { listed, others } = listedOf(report.migrations);
  return {
    findings: said.flat().length,
    text({ maxBytes, chart }) {
      const parts = {
        verdict: headOf(report, context, said.flat().length),
        policy: aboveTable(context),
        tableHead: rowHead,
        rows: commentRows(listed, source),
        others: [others === null ? null : prose(others), ...facts(report, source, { chart })]
          .filter((block) => block !== null)
          .join("\n\n"),
        sections: report.migrations.map((migration, i) =>
          findingSection(
            migration,
            (said[i] ?? []).filter((each) => keep.has(each)),
            words,
          ),
        ),
        counted: more.map(({ rule, risk, more: n }) => `and ${count(n, "more finding")} of ${prose(rule)} (${risk})`),
        coverage: prose(coverage(report)),
        names: names(report),
        judgedFor: aboutOf(report, context),
      };
      return withinBytes(parts, maxBytes);
    },
  };
}

const marks: Readonly<Record<GateState["kind"], { readonly mark: string; readonly alert: string }>> = {
  blocked: { mark: "⛔", alert: "CAUTION" },
  waiting: { mark: "🟠", alert: "WARNING" },
  approved: { mark: "✅", alert: "TIP" },
  pass: { mark: "✅", alert: "TIP" },
  "nothing-pending": { mark: "✅", alert: "NOTE" },
  "nothing-checked": { mark: "⚪", alert: "NOTE" },
};

/** The verdict, and in a coloured block what it means for whoever reads it. */
function headOf(report: Report, context: CommentContext, findings: number): string {
  const state = gateStateOf(report, context.approvals);
  const { mark, alert } = marks[state.kind];
  const isFixed = findings === 0 && (context.before?.findings ?? 0) > 0 && report.verdict.outcome === "pass";
  const title = isFixed && state.kind === "pass" ? "everything is fixed" : state.words;
  const sentences = [...(isFixed ? [fixedSentence(context.before)] : []), ...meaning(report, state, context)];
  return [`## ${mark} Lockkeeper: ${title}`, "", `> [!${alert}]`, ...sentences.map((each) => `> ${each}  `)]
    .join("\n")
    .trimEnd();
}

function fixedSentence(before: CommentMark | null): string {
  return `What was found before is gone (${count(before?.findings ?? 0, "finding")}).`;
}

const mostReasons = 3;

function meaning(report: Report, { kind }: GateState, { approvals, ...source }: CommentContext): readonly string[] {
  switch (kind) {
    case "blocked":
      return ["This is certain to fail, and no approval opens the gate.", ...reasons(report, source)];
    case "waiting":
    case "approved":
      return [
        ...(approvals === null ? [] : approvalSentences(approvals, report.digest)),
        ...[policySentence(report) ?? ""].filter((sentence) => sentence !== ""),
        ...reasons(report, source),
      ];
    case "pass":
      return [
        report.risk === "high" || report.risk === "critical"
          ? "The policy asks for no approval."
          : "Nothing here keeps anybody waiting, loses data or needs an approval.",
      ];
    case "nothing-pending":
      return ["Nothing in this pull request changes a database."];
    case "nothing-checked":
      return ["Nothing was judged: this says nothing about the migrations."];
  }
}

function reasons({ verdict: { because }, migrations }: Report, source: Source): readonly string[] {
  if (because.length === 0) return [];
  const versions = new Map(migrations.map(({ path, version }) => [path, version]));
  const named = because.slice(0, mostReasons).map((reason) => {
    const { path, line } = reason;
    const what = reason.kind === "finding" ? code(reason.rule) : prose(classWords[reason.class]);
    const at = linkedLines(
      `${cutShort(versions.get(path) ?? path)} line ${line}`,
      { path, line, endLine: line },
      source,
    );
    return `${what} (${at})`;
  });
  const more = because.length > mostReasons ? [count(because.length - mostReasons, "more reason")] : [];
  return [`Because of ${list([...named, ...more])}.`];
}

/** What a reviewer must know before the table: about the check itself, and about other pull requests. */
function aboveTable({ notices, collisions }: CommentContext): string {
  const about = noticeList(notices);
  const others = collisions === null ? null : collisionList(collisions);
  return [
    about === null ? null : `**About this check**\n\n${about}`,
    others === null ? null : `**Other pull requests**\n\n${others}`,
  ]
    .filter((block) => block !== null)
    .join("\n\n");
}

/** The checklist and the chart; nothing where nothing is pending. */
function facts(report: Report, source: Source, { chart }: { readonly chart: boolean }): readonly string[] {
  if (report.migrations.length === 0) return [];
  const rows = checklistOf(report, source).map(
    ({ question, mark, answer }) => `| ${question.replaceAll(" ", "&nbsp;")} | ${mark} ${answer} |`,
  );
  const checklist = ["| Checklist | |", "| --- | --- |", ...rows].join("\n");
  const drawn = chart ? lockChart(report) : null;
  if (drawn === null) return [checklist];
  return [checklist, `<details open>\n<summary>Locks, statement by statement</summary>\n\n${drawn}\n\n</details>`];
}

function coverage(report: Report): string {
  const judged = report.migrations.length === 0 ? "" : ` ${judgedForSentence(report)}`;
  return `${coverageSentence(report.coverage)}${judged}`;
}

/** What the comment is about: the commit, the run, and what an approval would approve. */
function aboutOf(report: Report, { run, ...source }: CommentContext): string {
  return [
    `Commit ${linkedCommit(source)}`,
    ...(run.url === null ? [] : [linked("run", run.url)]),
    ...(report.migrations.length === 0 ? [] : [`digest ${code(report.digest)}`]),
  ].join(" · ");
}

function names({ coverage: { unreadable, ignored } }: Report): readonly string[] {
  const named = (label: string, paths: readonly string[]): readonly string[] => {
    const { names: first, more } = someNames(paths);
    if (first.length === 0) return [];
    return [`${label} ${[...first.map(code), ...(more === null ? [] : [more])].join(", ")}`];
  };
  return [...named("Could not be read:", unreadable), ...named("Not migrations:", ignored)];
}
