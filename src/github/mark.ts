/**
 * The hidden first line of what we write on GitHub: whose it is, of several jobs in one pull request, and how old. It is believed only
 * where our own account has written it.
 */
export interface Mark {
  /** Which job or directory this is for. */
  readonly key: string;
  /** When the pull request was looked at, by GitHub's clock. */
  readonly at: string;
  readonly run: number;
  readonly attempt: number;
  /** The commit that was judged. */
  readonly head: string;
}

const form = /^<!-- lockkeeper key=(\S*) at=([\d:TZ-]*) run=(\d+)\.(\d+) head=([0-9a-f]{40,64}) -->/;

export function writeMark({ key, at, run, attempt, head }: Mark): string {
  return `<!-- lockkeeper key=${encoded(key)} at=${at} run=${run}.${attempt} head=${head} -->`;
}

/** The mark that a text begins with; null where it has none. */
export function readMark(text: string): Mark | null {
  const [, key, at, run, attempt, head] = form.exec(text) ?? [];
  if (key === undefined || at === undefined || head === undefined) return null;
  return { key: decoded(key), at, run: Number(run), attempt: Number(attempt), head };
}

/** Whether the first was looked at later than the second: by the clock of GitHub, then by the number of the run. */
export function isNewer(a: Mark, b: Mark): boolean {
  if (a.at !== b.at) return a.at > b.at;
  return a.run === b.run ? a.attempt > b.attempt : a.run > b.run;
}

/** One word, in which nothing can end a comment of Markdown. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "_")).replaceAll("-", "%2D");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
