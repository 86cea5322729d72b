import type { Policy, Risk } from "../config/config.ts";
import type { FileFacts } from "../facts/file.ts";
import type { Finding } from "../rules/run.ts";
import { atLeast, type JudgedStatement, judgeStatement, least, riskOfClass, worst } from "./classify.ts";

/** Why the gate is not open. */
export type Reason =
  | { readonly kind: "finding"; readonly finding: Finding }
  | { readonly kind: "statement"; readonly statement: JudgedStatement; readonly path: string };

/** Pass, needs approval, or blocked: the last is certain to fail, whatever anyone approves. */
export type Verdict =
  | { readonly outcome: "pass" }
  | { readonly outcome: "needs-approval" | "blocked"; readonly because: readonly Reason[] };

export type Outcome = Verdict["outcome"];

/** A script with what was found in it. */
export interface Judged {
  readonly file: FileFacts;
  readonly findings: readonly Finding[];
}

/** What is decided of one migration. */
export interface Decision {
  readonly risk: Risk;
  readonly verdict: Verdict;
  readonly statements: readonly JudgedStatement[];
  /** Those of the script and of its way back; what an allowance accepts has the risk that is left. */
  readonly findings: readonly Finding[];
}

/** The risk and the verdict of one migration: its script, and what makes its down script fail. */
export function decide(script: Judged, down: Judged | null, policy: Policy): Decision {
  const { file } = script;
  const { statements, findings: own } = withAllowances(script);
  const findings = [...own, ...(down === null ? [] : withAllowances(down).findings)];
  const decided = { statements, findings };
  // What is blocked has a verdict of its own: its risk is that of what the file would do.
  const weighed = findings.filter((finding) => !finding.blocks);
  const risk = worst([...weighed.map((finding) => finding.risk), ...statements.map((each) => each.risk)]);
  const blocking = findings.filter((finding) => finding.blocks);
  if (policy.failOn === "never") return { ...decided, risk, verdict: { outcome: "pass" } };
  if (blocking.length > 0) {
    const because = blocking.map((finding) => ({ kind: "finding", finding }) as const);
    return { ...decided, risk, verdict: { outcome: "blocked", because } };
  }
  const because: Reason[] = [];
  const saidAt = worstByLine(own);
  for (const finding of weighed) if (asksForApproval(finding.risk, policy)) because.push({ kind: "finding", finding });
  for (const statement of statements) {
    if (asksForApproval(statement.risk, policy) && !isSaid(statement, saidAt))
      because.push({ kind: "statement", statement, path: file.path });
  }
  const verdict: Verdict = because.length === 0 ? { outcome: "pass" } : { outcome: "needs-approval", because };
  return { ...decided, risk, verdict };
}

/** What is left of the risk of statements and findings where an allowance accepts a finding: the row of the class, at most what it was. */
function withAllowances({ file, findings }: Judged): Pick<Decision, "statements" | "findings"> {
  const statements = file.statements.map(judgeStatement);
  if (findings.every(({ allowed }) => allowed === null)) return { statements, findings };
  const rowAt = rowsByLine(statements);
  // Only what the finding has explained: a rule's word on something else leaves the statement as dangerous as it is.
  const explained = worstByLine(findings.filter(({ allowed }) => allowed !== null));
  return {
    statements: statements.map((statement) => {
      if (!isSaid(statement, explained)) return statement;
      return { ...statement, risk: least(statement.risk, riskOfClass[statement.changeClass]) };
    }),
    findings: findings.map((each) =>
      each.allowed === null ? each : { ...each, risk: least(each.risk, rowAt.get(each.at.line) ?? "low") },
    ),
  };
}

/** Whether a risk needs somebody's yes: at or above the policy's fail-on, where the policy asks for approvals at all. */
function asksForApproval(risk: Risk, policy: Policy): boolean {
  if (policy.failOn === "never") return false;
  return atLeast(risk, policy.failOn) && (policy[risk].approvals > 0 || policy[risk].deploy !== "automatic");
}

/** The worst risk that findings have on each line: a file can have a hundred thousand statements, and as many findings. */
function worstByLine(findings: readonly Finding[]): ReadonlyMap<number, Risk> {
  const found = new Map<number, Risk>();
  for (const { at, risk } of findings) found.set(at.line, worst([risk, found.get(at.line) ?? "low"]));
  return found;
}

/** Whether a finding on the lines of a statement is as bad as the statement. */
function isSaid({ facts, risk }: JudgedStatement, byLine: ReadonlyMap<number, Risk>): boolean {
  const { line, endLine } = facts.statement.span;
  for (let at = line; at <= endLine; at++) {
    const said = byLine.get(at);
    if (said !== undefined && atLeast(said, risk)) return true;
  }
  return false;
}

/** For each line the row of the first statement on it. */
function rowsByLine(statements: readonly JudgedStatement[]): ReadonlyMap<number, Risk> {
  const rows = new Map<number, Risk>();
  for (const { facts, changeClass } of statements) {
    const { line, endLine } = facts.statement.span;
    for (let at = line; at <= endLine; at++) if (!rows.has(at)) rows.set(at, riskOfClass[changeClass]);
  }
  return rows;
}

/** The worst of several outcomes. */
export function worstOutcome(outcomes: Iterable<Outcome>): Outcome {
  let found: Outcome = "pass";
  for (const outcome of outcomes) {
    if (outcome === "blocked") return "blocked";
    if (outcome === "needs-approval") found = outcome;
  }
  return found;
}
