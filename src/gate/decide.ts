import type { Policy, Risk } from "../config/config.ts";
import type { StatementFacts } from "../facts/facts.ts";
import type { FileFacts } from "../facts/file.ts";
import type { Finding } from "../rules/run.ts";
import { atLeast, type ChangeClass, judgeStatement, worst } from "./classify.ts";

/** Why the gate is not open. */
export type Reason =
  | { readonly kind: "finding"; readonly finding: Finding }
  | {
      readonly kind: "statement";
      readonly statement: StatementFacts;
      readonly changeClass: ChangeClass;
      readonly risk: Risk;
      readonly path: string;
    };

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

/** The risk and the verdict of one migration: its script, and what makes its down script fail. */
export function decide(
  { file, findings }: Judged,
  down: Judged | null,
  policy: Policy,
): { readonly risk: Risk; readonly verdict: Verdict } {
  const all = [...findings, ...(down?.findings ?? [])];
  const statements = file.statements.map((statement) => ({ statement, ...judgeStatement(statement) }));
  // What is blocked has a verdict of its own: its risk is that of what the file would do.
  const weighed = all.filter((finding) => !finding.blocks);
  const risk = worst([...weighed.map((finding) => finding.risk), ...statements.map((each) => each.risk)]);
  const blocking = all.filter((finding) => finding.blocks);
  if (blocking.length > 0) {
    return {
      risk,
      verdict: { outcome: "blocked", because: blocking.map((finding) => ({ kind: "finding", finding })) },
    };
  }
  if (!asksForApproval(risk, policy)) return { risk, verdict: { outcome: "pass" } };
  const because: Reason[] = weighed
    .filter((finding) => asksForApproval(finding.risk, policy))
    .map((finding) => ({ kind: "finding", finding }));
  for (const { statement, changeClass, risk: own } of statements) {
    const said = findings.some((finding) => isAt(finding, statement) && atLeast(finding.risk, own));
    if (asksForApproval(own, policy) && !said)
      because.push({ kind: "statement", statement, changeClass, risk: own, path: file.path });
  }
  return { risk, verdict: { outcome: "needs-approval", because } };
}

/** Whether a risk needs somebody's yes: at or above the policy's fail-on, where the policy asks for approvals at all. */
function asksForApproval(risk: Risk, policy: Policy): boolean {
  if (policy.failOn === "never") return false;
  return atLeast(risk, policy.failOn) && (policy[risk].approvals > 0 || policy[risk].deploy !== "automatic");
}

function isAt({ at }: Finding, { statement: { span } }: StatementFacts): boolean {
  return at.line >= span.line && at.line <= span.endLine;
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
