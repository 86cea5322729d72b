import type { ReportVerdict } from "./report.ts";

/** What the hidden first line of a comment says to the run that comes next. */
export interface CommentMark {
  readonly key: string;
  /** Of two runs the later one's comment stays: by the id, then by the attempt. */
  readonly run: number;
  readonly attempt: number;
  readonly commit: string;
  readonly verdict: ReportVerdict["outcome"];
  readonly findings: number;
}

/** The hidden line. No key can end it: what HTML reads in a comment is written as percent signs and numbers. */
export function writeMark({ key, run, attempt, commit, verdict, findings }: CommentMark): string {
  return `<!-- lockkeeper:comment key=${inMark(key)} run=${run} attempt=${attempt} commit=${inMark(commit)} verdict=${verdict} findings=${findings} -->`;
}

const form =
  /^<!-- lockkeeper:comment key=(\S*) run=(\d{1,15}) attempt=(\d{1,9}) commit=(\S*) verdict=(pass|needs-approval|blocked) findings=(\d{1,9}) -->\r?\n/;

/** The mark of a comment's text; null where it does not begin with one. Who has written the comment is for the caller to look at. */
export function readMark(body: string): CommentMark | null {
  const [, key, run, attempt, commit, outcome, findings] = form.exec(body) ?? [];
  const verdict = (["pass", "needs-approval", "blocked"] as const).find((each) => each === outcome);
  if (key === undefined || commit === undefined || verdict === undefined) return null;
  try {
    const texts = { key: decodeURIComponent(key), commit: decodeURIComponent(commit) };
    return { ...texts, run: Number(run), attempt: Number(attempt), verdict, findings: Number(findings) };
  } catch {
    return null;
  }
}

/** Half a character has no percent form; "--" must not stand in a comment of HTML. */
function inMark(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd")).replace(/--+/g, (run) => "%2D".repeat(run.length));
}
