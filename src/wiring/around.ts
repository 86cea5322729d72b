import type { Settings } from "../commands/settings.ts";
import type { HookMoment } from "../config/hooks.ts";
import type { NotifyEvent } from "../config/notify.ts";
import type { Address } from "../database/address.ts";
import type { Around, Begun } from "../deploy/around.ts";
import { type HookRun, hooksAround } from "../deploy/hooks.ts";
import type { Notification } from "../notify/message.ts";
import type { RunContext } from "../plan/attempt.ts";
import type { Mask } from "../process/mask.ts";
import type { RollbackReport } from "../report/rollback-report.ts";

/** What goes on around a deploy: the team's hooks, and the people who are told. */
export interface Surround {
  readonly around: Around;
  /** Tells people how it ended, and waits until they are told, for a while. */
  finish(report: Finished): Promise<void>;
  /** When the process is about to be ended: what has to be reached is reached. */
  lastMoment(): Promise<void>;
}

/** What people are told at the end. */
export interface Finished {
  readonly command: string;
  readonly database: string | null;
  readonly digest: string | null;
  readonly risk: string | null;
  readonly refusal: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
  readonly outcomes: readonly { readonly version: string; readonly status: string }[];
  readonly rollback?: RollbackReport | null;
  readonly exitStatus: 0 | 1 | 3;
  /** How it ended, in a sentence. */
  readonly verdict: string;
}

export interface SurroundOptions {
  readonly settings: Settings;
  readonly address: Address;
  readonly url: string;
  readonly signal: AbortSignal;
  readonly context: Pick<RunContext, "actor" | "commit" | "runUrl">;
  /** Writes a line for people, harmless whatever is in it. */
  readonly say: (line: string) => void;
}

/** After a cancel the runner ends everything soon. */
const cancelledLimitMs = 1_500;
const flushLimitMs = 30_000;
const cancelledFlushMs = 1_000;

/** Hooks and notifications as the config says. */
export async function surround(options: SurroundOptions): Promise<Surround> {
  const { settings, url, address, signal, context, say } = options;
  const { environment } = settings;
  const [{ maskOf }, { openNotifier }] = await Promise.all([
    import("../process/mask.ts"),
    import("../notify/webhooks.ts"),
  ]);
  const webhookUrls = environment.notify.map(({ urlFrom }) => process.env[urlFrom] ?? null);
  const mask = maskOf([url, address.password, process.env.PGPASSWORD ?? null, ...webhookUrls]);
  const tell = (line: string): void => say(mask(line));
  const notifier = openNotifier(environment.notify, { variable: (name) => process.env[name], warn: tell });
  const notify = (event: NotifyEvent, what: Told): void => {
    const masked = { ...what, summary: mask(what.summary) };
    notifier.tell({ event, environment: environment.name, ...context, at: new Date(), ...masked });
  };
  const hooks = hooksAround(environment.hooks, (hook) => runHook(hook, { ...options, say: tell, mask }));
  let begun: Begun | null = null;
  return {
    around: {
      begin(what) {
        begun = what;
        notify("started", { ...what, summary: `${what.versions.length} to go: ${what.versions.join(", ")}.` });
        return hooks.begin(what);
      },
      end: (how) => hooks.end(how),
    },
    async finish(report) {
      const event = eventOf(report);
      const { command, database, digest, risk, refusal, outcomes } = report;
      const versions = begun?.versions ?? outcomes.map(({ version }) => version);
      const why = refusal === null ? report.verdict : [refusal.message, refusal.hint ?? ""].join(" ").trim();
      if (event !== null) notify(event, { command, database, digest, risk, versions, summary: why });
      await notifier.flush(signal.aborted ? cancelledFlushMs : flushLimitMs);
    },
    async lastMoment() {
      await hooks.end("failed");
      if (begun !== null) notify("failed", { ...begun, summary: "It was cancelled, and did not end in time." });
      await notifier.flush(cancelledFlushMs);
    },
  };
}

type Told = Omit<Notification, "event" | "environment" | "actor" | "commit" | "runUrl" | "at">;

/** Nothing to do is no news. */
function eventOf({ command, refusal, outcomes, rollback, exitStatus }: Finished): NotifyEvent | null {
  if (command !== "migrate" && command !== "rollback") return null;
  if (refusal?.code === "plan-not-agreed") return "waiting";
  if (rollback?.exitStatus === 0) return "rolled-back";
  if (exitStatus !== 0) return "failed";
  if (outcomes.length === 0) return null;
  return command === "rollback" ? "rolled-back" : "done";
}

const leadsIn: ReadonlySet<HookMoment> = new Set(["before", "maintenance-on"] as const);

/** Runs one command; what it writes is said at its end. Null when it ended with 0. */
async function runHook(
  hook: HookRun,
  { settings, signal, say, mask }: SurroundOptions & { readonly mask: Mask },
): Promise<string | null> {
  const [{ follow }, { withoutAddresses }] = await Promise.all([
    import("../process/follow.ts"),
    import("../process/environment.ts"),
  ]);
  const { moment, command, limitMs, begun, ending } = hook;
  // What leads in is stopped by a cancel; what leads out goes on, for as long as there is time.
  const own = new AbortController();
  const hurry = (): void => {
    if (leadsIn.has(moment)) own.abort();
    else setTimeout(() => own.abort(), cancelledLimitMs).unref();
  };
  if (signal.aborted) hurry();
  else signal.addEventListener("abort", hurry, { once: true });
  say(`Hook ${moment}: ${command}`);
  const ended = await follow("/bin/sh", ["-c", command], {
    cwd: process.cwd(),
    env: {
      ...withoutAddresses(process.env),
      LOCKKEEPER_HOOK: moment,
      LOCKKEEPER_COMMAND: begun.command,
      LOCKKEEPER_ENVIRONMENT: settings.environment.name ?? "",
      LOCKKEEPER_DATABASE: begun.database,
      LOCKKEEPER_DIGEST: begun.digest,
      LOCKKEEPER_VERSIONS: begun.versions.join(" "),
      LOCKKEEPER_RESULT: ending ?? "",
    },
    stdout: { kind: "answer" },
    timeoutMs: limitMs,
    signal: own.signal,
  });
  signal.removeEventListener("abort", hurry);
  if (ended.kind === "failed") return `could not be run: ${ended.why}`;
  if (ended.kind === "stopped") {
    return ended.why === "timeout"
      ? `took longer than ${limitMs / 1000} s and was ended`
      : "was ended, because the run was cancelled";
  }
  // Masked as a whole first: a secret may have several lines.
  for (const text of [ended.answer, ended.said]) for (const line of lastLines(mask(text))) say(`  ${line}`);
  if (ended.status === 0) return null;
  return `ended with ${ended.status === null ? (ended.signal ?? "a signal") : `status ${ended.status}`}`;
}

const mostLines = 50;

function lastLines(text: string): readonly string[] {
  const lines = text === "" ? [] : text.split(/\r\n|\r|\n/);
  const left = lines.length - mostLines;
  return left > 0 ? [`(${left} lines before these are not shown)`, ...lines.slice(-mostLines)] : lines;
}
