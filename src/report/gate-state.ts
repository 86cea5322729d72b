import type { CommentApprovals } from "./comment-context.ts";
import type { Report } from "./report.ts";
import { verdictSentence } from "./sentences.ts";

/** Where a pull request stands at the gate, in the few words that every page begins with. */
export interface GateState {
  readonly kind: "blocked" | "waiting" | "approved" | "pass" | "nothing-pending" | "nothing-checked";
  /** "needs approval (critical)", "approved (critical)", "no pending migrations". */
  readonly words: string;
}

/** The verdict together with the approvals: what needs one and has it is open. */
export function gateStateOf(report: Report, approvals: CommentApprovals | null): GateState {
  const { words } = verdictSentence(report);
  switch (report.verdict.outcome) {
    case "blocked":
      return { kind: "blocked", words };
    case "needs-approval":
      return approvals?.state.granted === true
        ? { kind: "approved", words: `approved (${report.risk})` }
        : { kind: "waiting", words };
    case "pass":
      if (report.migrations.length > 0) return { kind: "pass", words };
      return report.base === null
        ? { kind: "nothing-checked", words }
        : { kind: "nothing-pending", words: "no pending migrations" };
  }
}

/** Whether the gate is open. A check without a base that has looked at nothing opens nothing. */
export function isOpen({ kind }: GateState): boolean {
  return kind === "approved" || kind === "pass" || kind === "nothing-pending";
}
