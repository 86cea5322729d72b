/** What a check run remembers for the next run on the same commit, in the field that GitHub keeps for its author. */
export interface CheckState {
  /** When the pull request was looked at, by GitHub's clock. */
  readonly at: string;
  readonly run: number;
  readonly attempt: number;
  /** The workflow and the job that have written it. */
  readonly job: string;
  /** Of the migrations that were judged. */
  readonly digest: string;
  /** When a run first saw this digest on this commit; "" where no other was seen before. Approvals from before are not for it. */
  readonly since: string;
  /** How many people the policy asks for these migrations. */
  readonly approvals: number;
}

const form = /^lockkeeper 1 at=(\S*) run=(\d+)\.(\d+) job=(\S*) digest=([0-9a-f]*) since=(\S*) approvals=(\d+)$/;

export function writeState({ at, run, attempt, job, digest, since, approvals }: CheckState): string {
  return `lockkeeper 1 at=${at} run=${run}.${attempt} job=${job} digest=${digest} since=${since} approvals=${approvals}`;
}

/** The state in a check run's field; null where it is not one of ours. */
export function readState(text: string): CheckState | null {
  const [, at, run, attempt, job, digest, since, approvals] = form.exec(text) ?? [];
  if (at === undefined || job === undefined || digest === undefined || since === undefined) return null;
  return { at, run: Number(run), attempt: Number(attempt), job, digest, since, approvals: Number(approvals) };
}

/** Whether the first was looked at later than the second. */
export function isLater(a: CheckState, b: CheckState): boolean {
  if (a.at !== b.at) return a.at > b.at;
  return a.run === b.run ? a.attempt > b.attempt : a.run > b.run;
}
