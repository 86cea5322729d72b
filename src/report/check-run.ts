import { approvalCount } from "./approval-words.ts";
import { renderPage } from "./comment.ts";
import type { CommentContext } from "./comment-context.ts";
import { gateStateOf, isOpen } from "./gate-state.ts";
import type { Report } from "./report.ts";

/** What the check run on a commit says; the shape that GitHub's API takes. */
export interface CheckRunText {
  /** action_required is red too, and says that somebody, and not the author, can turn it green. */
  readonly conclusion: "success" | "failure" | "action_required";
  /** Plain text. */
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
}

/** GitHub takes no longer summary: 65,535 characters, of which bytes are never fewer. */
const longestSummary = 65_535;

/** The one thing to require before a merge, in words: the state of the gate, and the page of the comment without its chart. */
export function checkRunOf(report: Report, context: CommentContext): CheckRunText {
  const { approvals } = context;
  const state = gateStateOf(report, approvals);
  const approved = approvals === null || state.kind !== "waiting" ? "" : approvalCount(approvals);
  return {
    conclusion: isOpen(state) ? "success" : state.kind === "waiting" ? "action_required" : "failure",
    title: `${state.words.slice(0, 1).toUpperCase()}${state.words.slice(1)}${approved === "" ? "" : `: ${approved}`}`,
    summary: renderPage(report, context, { maxBytes: longestSummary }),
  };
}
