import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { inWords as timeInWords } from "../config/quantities.ts";
import type { HealthCheck } from "../config/verify.ts";
import type { Looked } from "../report/verification.ts";
import { count } from "../text.ts";
import { startLooking } from "./looking.ts";

const answerLimitMs = 30_000;
/** More of an answer than this is not read: it is about the status and the time. */
const mostBytes = 1024 * 1024;

/** Addresses have to answer, in time, with the status that is well; each is tried again before it counts as ill. */
export async function checkHealth(checks: readonly HealthCheck[], signal: AbortSignal): Promise<Looked> {
  const looking = startLooking("health");
  for (const check of checks) {
    looking.look();
    let ill: string | null = null;
    let tries = 0;
    for (; tries <= check.retries && !signal.aborted; tries++) {
      if (tries > 0) await sleep(check.waitMs, undefined, { signal }).catch(() => undefined);
      ill = await illness(check, signal);
      if (ill === null) break;
    }
    if (ill !== null || signal.aborted) {
      looking.error(`${place(check.url)} is not well: ${ill ?? "this run was stopped"}.`, {
        hint: `it was tried ${count(Math.max(tries, 1), "time")}.`,
      });
    }
  }
  return looking.result;
}

/** What is wrong with the answer; null: nothing. */
async function illness({ url, status, maxMs }: HealthCheck, signal: AbortSignal): Promise<string | null> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const timer = setTimeout(end, answerLimitMs);
  signal.addEventListener("abort", end, { once: true });
  const started = performance.now();
  try {
    const { address, headers } = withoutUser(url);
    // A page that sends elsewhere (to a login) is not the one that was asked for.
    const response = await fetch(address, { headers, redirect: "manual", signal: ending.signal });
    await readSome(response);
    const ms = performance.now() - started;
    const well = status === null ? response.ok : response.status === status;
    if (!well) return `it answers with status ${response.status}`;
    return maxMs !== null && ms > maxMs ? `it answers in ${timeInWords(ms)}; at most ${maxMs} ms are allowed` : null;
  } catch (thrown) {
    if (signal.aborted) return "this run was stopped";
    if (ending.signal.aborted) return `it has not answered in ${timeInWords(answerLimitMs)}`;
    return `no answer (${reasonOf(thrown)})`;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

async function readSome(response: Response): Promise<void> {
  let bytes = 0;
  if (response.body === null) return;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > mostBytes) break;
  }
}

/** The code of the system alone: the message can hold the address. */
function reasonOf(thrown: unknown): string {
  const cause: unknown = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  const code: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, "code") : null;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? code : "the connection failed";
}

/** fetch takes no user and password in an address. */
function withoutUser(url: string): { readonly address: URL; readonly headers: Record<string, string> } {
  const address = new URL(url);
  const { username, password } = address;
  if (username === "" && password === "") return { address, headers: {} };
  address.username = "";
  address.password = "";
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { address, headers: { authorization: `Basic ${Buffer.from(pair, "utf8").toString("base64")}` } };
}

/** The address without what may be secret in it. */
function place(url: string): string {
  try {
    const { origin, pathname } = new URL(url);
    return `${origin}${pathname}`;
  } catch {
    return "an address of verify.health";
  }
}
