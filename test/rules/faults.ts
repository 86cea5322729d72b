import type { Report, ReportFinding } from "../../src/report/report.ts";
import type { Rule } from "../../src/rules/rule.ts";
import type { Case } from "./cases.ts";
import { pathOf } from "./judge.ts";

/** What a report says by the name of one rule. */
export function findingsOf(rule: Pick<Rule, "id">, report: Report): readonly ReportFinding[] {
  return report.migrations.flatMap(({ findings }) => findings).filter((finding) => finding.rule === rule.id);
}

/** What is wrong with what a rule says of a case, in words for who writes the rule. Nothing where all is well. */
export function faultsOf(rule: Rule, one: Case, report: Report): readonly string[] {
  const findings = findingsOf(rule, report);
  const wanted = one.files.flatMap((file) => file.marks.map(({ line, column }) => `${pathOf(file)}:${line}:${column}`));
  const found = findings.map(({ path, line, column }) => `${path}:${line}:${column}`);
  const faults: string[] = [];
  if (one.kind === "bad" && wanted.length === 0) faults.push("A bad case has to mark where it is reported.");
  if (one.kind === "good" && wanted.length > 0) faults.push("A good case has no mark.");
  for (const place of without(wanted, found)) faults.push(`${rule.id} does not report ${place}.`);
  for (const place of without(found, wanted)) faults.push(`${rule.id} reports ${place}, where nothing is marked.`);
  return [...faults, ...findings.flatMap((finding) => faultsOfMessage(rule, finding, one))];
}

/** The items of a list that are not in the other, each as often as it is there more. */
function without(all: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return all.filter((each) => {
    const at = left.indexOf(each);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

function faultsOfMessage(rule: Rule, { message, safer, path }: ReportFinding, one: Case): string[] {
  const faults: string[] = [];
  const said = `"${message}"`;
  if (!/^[A-Z\\]/.test(message)) faults.push(`${said} does not begin as a sentence does.`);
  if (!/[^.?\s][.?]$/.test(message)) faults.push(`${said} does not end as a sentence does.`);
  if (
    /undefined|(?<![-\w])null\b|\[object|NaN|\$\{|TODO|: \.|\s\s/.test(
      `${message}\n${safer ?? ""}`.replace(/\n\s*/g, "\n"),
    )
  )
    faults.push(`${said} or its safer SQL has a place that is not filled in.`);
  if (message === rule.meta.why || message === rule.meta.fix || message === rule.meta.title)
    faults.push(`${said} says nothing about this statement.`);
  const file = one.files.find((each) => pathOf(each) === path);
  const names = file === undefined ? [] : namesIn(file.text);
  const isAboutData = !["fails", "unread", "partial"].includes(rule.meta.hazard);
  if (isAboutData && !names.some((name) => message.includes(name)))
    faults.push(`${said} names nothing of the statement.`);
  return faults;
}

/** Identifiers as the cases write them: quoted, or in lower case as keywords are not. */
function namesIn(sql: string): readonly string[] {
  return [...sql.matchAll(/"([^"]+)"|([\p{Ll}\p{Lo}_][\p{Ll}\p{Lo}\d_]+)/gu)].map(
    ([, quoted, plain]) => quoted ?? plain ?? "",
  );
}
