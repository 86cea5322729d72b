import { setTimeout as wait } from "node:timers/promises";

/** What is left of the time that may be spent on waiting for GitHub, in the whole run. */
export interface Patience {
  /** For answers that say when to come again. */
  limitsMs: number;
  /** For a server that has trouble, or cannot be reached. */
  troubleMs: number;
}

export function newPatience(): Patience {
  return { limitsMs: 180_000, troubleMs: 15_000 };
}

/** An answer that is no success, as far as it matters for whether to ask again. */
export interface Refusal {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

/** GitHub's advice where a refusal for too many requests does not say for how long. */
const limitWaitMs = 60_000;
const troubleWaitsMs = [500, 1500, 4000];

/**
 * Asks, and asks again after the time that GitHub names, or a little later each time where the server has trouble, until it
 * answers or the patience is used up. `refusalOf` says what was refused; null for what no waiting helps against.
 */
export async function patiently<T>(
  ask: () => Promise<T>,
  { patience, refusalOf }: { readonly patience: Patience; readonly refusalOf: (thrown: unknown) => Refusal | null },
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      if (refusal === null || !(await waited(refusal, tries, patience))) throw thrown;
    }
  }
}

/** Waits as long as the refusal asks; false where asking again makes no sense. */
async function waited(refusal: Refusal, tries: number, patience: Patience): Promise<boolean> {
  const limit = isLimit(refusal);
  if (!limit && !isTrouble(refusal)) return false;
  const ms = limit ? limitMs(refusal, tries) : troubleMs(refusal, tries);
  const purse = limit ? "limitsMs" : "troubleMs";
  if (ms === null || ms > patience[purse]) return false;
  patience[purse] -= ms;
  await wait(ms);
  return true;
}

/** Whether GitHub refuses because of too many requests: the hourly limit, or one against bursts. */
export function isLimit({ status, message, headers }: Refusal): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  const spent = headers["x-ratelimit-remaining"];
  return headers["retry-after"] !== undefined || String(spent) === "0" || /rate limit/i.test(message);
}

/** 409: the repository is changed by somebody else at this moment. */
function isTrouble({ status }: Refusal): boolean {
  return status === 0 || status === 409 || status >= 500;
}

function limitMs({ headers }: Refusal, tries: number): number {
  const seconds = Number(headers["retry-after"]);
  if (headers["retry-after"] !== undefined && Number.isFinite(seconds)) return seconds * 1000 + 250;
  const reset = Number(headers["x-ratelimit-reset"]);
  if (String(headers["x-ratelimit-remaining"]) === "0" && reset > 0)
    return Math.max(0, reset * 1000 - Date.now()) + 1000;
  return limitWaitMs * 2 ** tries;
}

function troubleMs({ headers }: Refusal, tries: number): number | null {
  const base = troubleWaitsMs[tries];
  if (base === undefined) return null;
  const asked = Number(headers["retry-after"]);
  // Two runs that were refused together should not come again together.
  return Math.max(base * (0.8 + Math.random() * 0.4), Number.isFinite(asked) ? asked * 1000 : 0);
}
