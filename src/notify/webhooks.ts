import type { NotifyConfig } from "../config/notify.ts";
import { bodyOf, type Notification } from "./message.ts";

/** Tells people, while the work goes on, and without ever changing what becomes of it. */
export interface Notifier {
  /** Returns at once. */
  tell(notification: Notification): void;
  /** Waits until everything is told, at most this long. */
  flush(limitMs: number): Promise<void>;
}

export interface NotifierPorts {
  /** What a variable of the environment holds. */
  readonly variable: (name: string) => string | undefined;
  /** Says in a line that somebody could not be told. */
  readonly warn: (line: string) => void;
  readonly tries?: number;
  readonly pauseMs?: number;
  readonly timeoutMs?: number;
}

/** Opens the webhooks of the config. */
export function openNotifier(webhooks: readonly NotifyConfig[], ports: NotifierPorts): Notifier {
  const queues = new Map<NotifyConfig, Promise<void>>();
  const stopped = new AbortController();
  return {
    tell(notification) {
      for (const webhook of webhooks) {
        if (!webhook.events.includes(notification.event)) continue;
        const before = queues.get(webhook) ?? Promise.resolve();
        // One after the other: nobody is told that it is done before that it has begun.
        queues.set(
          webhook,
          before.then(() => send(webhook, notification, { ...ports, signal: stopped.signal })),
        );
      }
    },
    async flush(limitMs) {
      const timer = setTimeout(() => stopped.abort(), limitMs);
      try {
        await Promise.all(queues.values());
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

type Sending = NotifierPorts & { readonly signal: AbortSignal };

/** Never throws. What is said of a failure names the variable, never the address: whoever has that can write there. */
async function send(webhook: NotifyConfig, notification: Notification, ports: Sending): Promise<void> {
  const { variable, warn, tries = 3, pauseMs = 1_000, signal } = ports;
  const url = variable(webhook.urlFrom) ?? "";
  const toldNobody = (why: string): void => {
    warn(`The webhook of ${webhook.urlFrom} was not told "${notification.event}": ${why}.`);
  };
  if (url === "") return toldNobody("the variable is not set");
  if (!isAddress(url)) return toldNobody("its value is no http or https address");
  const body = bodyOf(notification, webhook);
  for (let attempt = 1; ; attempt++) {
    const answer = await post(url, body, ports);
    if (answer.kind === "told") return;
    if (signal.aborted) return toldNobody(`${answer.why}; there was no more time`);
    if (!answer.again || attempt >= tries) return toldNobody(answer.why);
    await pause(Math.min(Math.max(answer.afterMs ?? 0, pauseMs * 2 ** (attempt - 1)), longestPauseMs), signal);
  }
}

const longestPauseMs = 10_000;

type Answer =
  | { readonly kind: "told" }
  | { readonly kind: "failed"; readonly why: string; readonly again: boolean; readonly afterMs: number | null };

async function post(url: string, body: string, { signal, timeoutMs = 10_000 }: Sending): Promise<Answer> {
  const own = new AbortController();
  const stop = (): void => own.abort();
  const timer = setTimeout(() => own.abort(new DOMException("", "TimeoutError")), timeoutMs);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8", "user-agent": "lockkeeper" },
      body,
      // Another address was not agreed to, and would get what this one was to get.
      redirect: "manual",
      signal: own.signal,
    });
    const { status } = response;
    await response.body?.cancel();
    if (status >= 200 && status < 300) return { kind: "told" };
    const seconds = Number(response.headers.get("retry-after") ?? "");
    const afterMs = seconds > 0 ? seconds * 1000 : null;
    const again = status === 408 || status === 429 || status >= 500;
    return { kind: "failed", why: `it answered with status ${status}`, again, afterMs };
  } catch (thrown) {
    return { kind: "failed", why: whyNot(thrown, timeoutMs), again: true, afterMs: null };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/** Only words of our own and codes: the messages of fetch may repeat the address. */
function whyNot(thrown: unknown, timeoutMs: number): string {
  if (thrown instanceof Error && thrown.name === "TimeoutError")
    return `it did not answer within ${timeoutMs / 1000} s`;
  const cause = thrown instanceof Error ? thrown.cause : null;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : null;
  const known = typeof code === "string" && /^[A-Z][A-Z0-9_]+$/.test(code) ? ` (${code})` : "";
  return `it could not be reached${known}`;
}

function isAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
  });
}
