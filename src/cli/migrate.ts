import { oneOf } from "../commands/option-values.ts";
import { databaseUrl, readSettings, type Settings } from "../commands/settings.ts";
import type { Address } from "../database/address.ts";
import { UserError } from "../errors.ts";
import { version } from "../help.ts";
import type { RunContext } from "../plan/attempt.ts";
import { type ApplySettings, defaultSettings, type Said } from "../plan/progress.ts";
import type { Target } from "../plan/target.ts";
import type { DeployReport } from "../report/deploy-report.ts";
import type { DiskWorkspace } from "../workspace/workspace.ts";
import { terminal } from "./look.ts";
import { type PlanOptions, requestOf } from "./plan.ts";
import type { PreflightOptions } from "./preflight.ts";

/** The options of commands that write to the database. */
export interface WriteOptions extends PlanOptions, PreflightOptions {
  readonly "backup-id"?: string | undefined;
  readonly "expect-digest"?: string | undefined;
  readonly "lock-timeout"?: string | undefined;
  readonly "lock-retries"?: string | undefined;
  readonly "lock-wait"?: string | undefined;
  readonly "max-blocking"?: string | undefined;
  readonly "max-duration"?: string | undefined;
}

const formats = ["text", "json", "markdown"] as const;

/** `lockkeeper migrate`: applies what is pending. Returns the exit status. Throws UserError where the request is wrong. */
export async function runMigrate(paths: readonly string[], values: WriteOptions): Promise<0 | 1 | 3> {
  oneOf("--format", values.format ?? "text", formats);
  const backupId = values["backup-id"] ?? null;
  const expectDigest = values["expect-digest"] ?? null;
  return onTarget(values, backupId, async ({ workspace, settings, address, open, signal }) => {
    const [{ migrate }, { deployReport }, { preflightOf }] = await Promise.all([
      import("../commands/migrate.ts"),
      import("../report/deploy-report.ts"),
      import("./preflight.ts"),
    ]);
    const request = { ...(await requestOf(paths, values)), expectDigest, backupId };
    const result = await migrate(request, settings, {
      workspace,
      open,
      signal,
      preflight: preflightOf(settings, address, values),
    });
    return deployReport(result, backupId);
  });
}

/** What a command that writes works with. */
export interface Writing {
  readonly workspace: DiskWorkspace;
  readonly settings: Settings;
  readonly address: Address;
  readonly signal: AbortSignal;
  open(): Promise<Target>;
}

/** Reads config and options, lets signals end the work in time, prints what came of it. Returns the exit status. */
async function onTarget(
  values: WriteOptions,
  backupId: string | null,
  work: (on: Writing) => Promise<DeployReport>,
): Promise<0 | 1 | 3> {
  return onDatabase(values, backupId, async (on) => {
    const report = await work(on);
    process.stdout.write(await inFormat(values.format ?? "text", report));
    return report.exitStatus;
  });
}

/** Reads config and options, and lets signals end the work in time. */
export async function onDatabase(
  values: WriteOptions,
  backupId: string | null,
  work: (on: Writing) => Promise<0 | 1 | 3>,
): Promise<0 | 1 | 3> {
  const [{ openWorkspace }, { parseAddress }, { openTarget }, { saidWords }, { noOrder, shown }] = await Promise.all([
    import("../workspace/workspace.ts"),
    import("../database/address.ts"),
    import("../database/target.ts"),
    import("../report/deploy-terminal.ts"),
    import("../report/cells.ts"),
  ]);
  const workspace = openWorkspace(process.cwd());
  const { config = null, environment = null } = values;
  const settings = await readSettings({ config, environment }, workspace);
  const address = parseAddress(databaseUrl(values["database-url"] ?? null, settings, process.env), process.env);
  const signal = interruption();
  // While it goes on, on standard error; the report alone is on standard output.
  const say = (said: Said): void => {
    process.stderr.write(`${noOrder(shown(saidWords(said)))}\n`);
  };
  return work({
    workspace,
    settings,
    address,
    signal,
    open: () =>
      openTarget({
        ...{ address, signal, say, runner: version() },
        settings: applySettings(values, settings),
        run: { planDigest: null, backupId, environment: settings.environment.name, ...contextOf(process.env) },
      }),
  });
}

async function inFormat(format: string, report: DeployReport): Promise<string> {
  switch (oneOf("--format", format, formats)) {
    case "text": {
      const { renderDeployTerminal } = await import("../report/deploy-terminal.ts");
      return renderDeployTerminal(report, terminal());
    }
    case "json": {
      const { renderDeployJson } = await import("../report/deploy-json.ts");
      return renderDeployJson(report);
    }
    case "markdown": {
      const { renderDeployMarkdown } = await import("../report/deploy-markdown.ts");
      return renderDeployMarkdown(report);
    }
  }
}

/** A cancelled job has 7.5 seconds: what is not over by then is left to the server, which notices that we are gone. */
const lastMomentMs = 4_800;

function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) return;
      process.stderr.write(`${name}: stopping, rolling back, giving the lock back.\n`);
      controller.abort();
      setTimeout(() => process.exit(3), lastMomentMs).unref();
    });
  }
  return controller.signal;
}

function applySettings(values: WriteOptions, { environment }: Settings): ApplySettings {
  return {
    lockTimeoutMs: duration("lock-timeout", values) ?? environment.lockTimeoutMs,
    maxBlockingMs: duration("max-blocking", values) ?? environment.maxBlockingMs,
    maxDurationMs: duration("max-duration", values),
    lockWaitMs: duration("lock-wait", values) ?? 600_000,
    retries: retriesOf(values["lock-retries"]),
    pauseMs: defaultSettings.pauseMs,
    maxPauseMs: defaultSettings.maxPauseMs,
    answerMs: defaultSettings.answerMs,
    role: environment.role,
  };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };

function duration(
  name: "lock-timeout" | "max-blocking" | "max-duration" | "lock-wait",
  values: WriteOptions,
): number | null {
  const written = values[name];
  if (written === undefined) return null;
  const match = /^(\d{1,9})(ms|s|min|h)$/.exec(written);
  const ms = Number(match?.[1] ?? 0) * (units[match?.[2] ?? ""] ?? 0);
  if (ms > 0 && ms < 2 ** 31) return ms;
  throw new UserError("option-invalid", `--${name} ${written} is no time.`, {
    hint: `write it with its unit: --${name} 500ms, 3s, 2min or 1h. 0 would be no limit, and there is always one.`,
  });
}

function retriesOf(written: string | undefined): number {
  if (written === undefined) return 10;
  if (/^\d{1,4}$/.test(written)) return Number(written);
  throw new UserError("option-invalid", `--lock-retries ${written} is no number.`, {
    hint: "write how often a migration is tried again when somebody is in its way: --lock-retries 10.",
  });
}

/** Who runs this, as GitHub tells it. */
function contextOf(env: Readonly<Record<string, string | undefined>>): Omit<RunContext, "planDigest" | "backupId"> {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  const known = server !== undefined && repository !== undefined && id !== undefined;
  return {
    commit: env.GITHUB_SHA ?? null,
    runUrl: known ? `${server}/${repository}/actions/runs/${id}` : null,
    actor: env.GITHUB_ACTOR ?? env.USER ?? null,
  };
}
