import { UserError } from "../errors.ts";
import { closedGate, complaint, wordsOfInputs } from "../github/failure.ts";
import type { Resolved } from "../plan/resolution.ts";
import type { BackupReport } from "../report/backup-report.ts";
import { reportOutcome } from "../report/deploy-outcomes.ts";
import type { DeployReport, ReportRefusal } from "../report/deploy-report.ts";
import { saidOfFailure, verdictWords } from "../report/deploy-terminal.ts";
import type { Planned } from "../report/forms.ts";
import type { RollbackReport } from "../report/rollback-report.ts";
import { rollbackVerdict } from "../report/rollback-words.ts";
import type { Verification } from "../report/verification.ts";
import { placeWords, verdictWords as verifyVerdict } from "../report/verify-terminal.ts";
import { count } from "../text.ts";

/** The lines with which a step fails; null where it does not. */
export type Complaint = readonly string[] | null;

/** Why a plan is refused; null also where somebody has to agree to it. */
export function planComplaint({ report, check }: Planned): Complaint {
  if (!report.refused) return null;
  const [first, ...others] = report.problems.filter(({ allowed }) => !allowed);
  if (first === undefined) return check === null ? null : closedGate(check);
  const { code, message, hint } = first;
  return trouble({ code, message, hint, details: some(others.map((each) => each.message)) });
}

/** Why a deploy did not come to its end. */
export function deployComplaint(report: DeployReport): Complaint {
  return endedBadly(report, verdictWords(report));
}

/** Why a way back did not come to its end. */
export function rollbackComplaint(report: RollbackReport): Complaint {
  return endedBadly(report, rollbackVerdict(report));
}

type Ended = Pick<RollbackReport, "refusal" | "outcomes" | "amiss" | "exitStatus">;

function endedBadly({ refusal, outcomes, amiss, exitStatus }: Ended, verdict: string): Complaint {
  if (exitStatus === 0) return null;
  if (refusal !== null) return trouble(refusal);
  const failed = outcomes.flatMap(saidOfFailure);
  return [wordsOfInputs(verdict), ...failed.map(wordsOfInputs), ...some(amiss).map((each) => `  ${each}`)];
}

/** Why a database is not valid. */
export function verifyComplaint(verification: Verification): Complaint {
  if (verification.valid) return null;
  const said = verification.errors.map((problem) => {
    const place = placeWords(problem);
    return `${place === "" ? "" : `${place}: `}${problem.message}`;
  });
  const hint = verification.errors.find((each) => each.hint !== null)?.hint ?? null;
  return trouble({ code: "verify-failed", message: `${verifyVerdict(verification)}.`, details: some(said), hint });
}

/** Why there is no backup. */
export function backupComplaint(report: BackupReport): Complaint {
  return report.command === "backup list" || report.failure === null ? null : trouble(report.failure);
}

/** What a person has still to decide, or what did not come of a decision. */
export function resolveComplaint({ unfinished, decided }: Resolved, exitStatus: 0 | 1 | 3): Complaint {
  if (exitStatus === 0) return null;
  if (decided === null) {
    const message = `${count(unfinished.length, "migration")} begun and not finished.`;
    const details = some(unfinished.map(({ version, path }) => `${path}, version ${version}`));
    return trouble({ code: "unfinished", message, details, hint: "the report has what fits for each of them." });
  }
  const failed = decided.outcome === null ? [] : saidOfFailure(reportOutcome(decided.outcome));
  return [`Version ${decided.version} is not resolved.`, ...failed.map(wordsOfInputs)];
}

function trouble({ code, message, details, hint }: ReportRefusal): readonly string[] {
  const words = hint === null ? {} : { hint: wordsOfInputs(hint) };
  return complaint(new UserError(code, message, { details, ...words }));
}

const mostDetails = 5;

function some(lines: readonly string[]): readonly string[] {
  const left = lines.length - mostDetails;
  return left > 0 ? [...lines.slice(0, mostDetails), `and ${count(left, "more", "more")}`] : lines;
}
