import { databaseUrl, readSettings, type Settings } from "../commands/settings.ts";
import { durationMs } from "../config/quantities.ts";
import type { Address } from "../database/address.ts";
import type { Around } from "../deploy/around.ts";
import { UserError } from "../errors.ts";
import { version } from "../help.ts";
import { type ApplySettings, defaultSettings, type Said } from "../plan/progress.ts";
import type { Target } from "../plan/target.ts";
import type { Commands } from "../ports.ts";
import type { DeployReport } from "../report/deploy-report.ts";
import { verdictWords } from "../report/deploy-terminal.ts";
import type { DiskWorkspace } from "../workspace/workspace.ts";
import type { Finished, Surround } from "./around.ts";
import type { DeployBackupOptions } from "./backups.ts";
import { contextOf } from "./context.ts";
import { interruption } from "./interruption.ts";
import { type DatabaseOptions, type PlanOptions, requestOf } from "./plan.ts";
import type { DeployedIn, PreflightOptions } from "./preflight.ts";

/** The options of commands that write to the database. */
export interface WriteOptions extends PlanOptions, PreflightOptions, DeployBackupOptions {
  readonly "backup-id"?: string | undefined;
  readonly "expect-digest"?: string | undefined;
  readonly "lock-timeout"?: string | undefined;
  readonly "lock-retries"?: string | undefined;
  readonly "lock-wait"?: string | undefined;
  readonly "max-blocking"?: string | undefined;
  readonly "max-duration"?: string | undefined;
  /** Whether the service is not asked how it is; only the action has it. */
  readonly "skip-health"?: boolean | undefined;
}

/** Who hears of what a command does: a terminal, or the log of a step. */
export interface Listener<R> {
  /** A line on what goes on, with text in it that others have written. */
  readonly say: (line: string) => void;
  /** What came of it, as soon as it is known; people are told after that. */
  show(report: R): Promise<void>;
  /** What is known of deploys elsewhere, where nobody names that database. */
  readonly deployedIn?: DeployedIn;
}

/** `migrate`: applies what is pending. Throws UserError where the request is wrong. */
export async function doMigrate(
  paths: readonly string[],
  values: WriteOptions,
  listener: Listener<DeployReport>,
): Promise<DeployReport> {
  const backupId = values["backup-id"] ?? null;
  const expectDigest = values["expect-digest"] ?? null;
  const work = async (on: Writing) => {
    const { workspace, settings, signal, around, commands } = on;
    const { say } = listener;
    const [asked, { backupsOf }] = await Promise.all([requestOf(paths, values), import("./backups.ts")]);
    const request = { ...asked, expectDigest, backupId };
    const backups = backupsOf({ settings, workspace, values, signal, say });
    // Nothing is wrong with the request: the server answers while the rest of the program is loaded.
    const { open, leave } = ahead(on.open);
    try {
      const [{ migrate }, { deployReport }, { preflightOf }, { checksOf }] = await Promise.all([
        import("../commands/migrate.ts"),
        import("../report/deploy-report.ts"),
        import("./preflight.ts"),
        import("./checks.ts"),
      ]);
      const checks = checksOf(on, { health: values["skip-health"] !== true });
      const preflight = preflightOf(settings, on, values, listener.deployedIn);
      const result = await migrate(request, settings, {
        ...{ workspace, open, signal, around, checks, commands, backups, preflight },
      });
      return deployReport(result, checks.last());
    } finally {
      await leave();
    }
  };
  return onTarget(values, backupId, { ...listener, work, verdict: verdictWords });
}

/** Begins to open a target before it is asked for; one that nobody has asked for is closed by `leave`. */
function ahead(open: () => Promise<Target>): { open(): Promise<Target>; leave(): Promise<void> } {
  const opened = open();
  let isTaken = false;
  opened.catch(() => undefined);
  return {
    open() {
      isTaken = true;
      return opened;
    },
    async leave() {
      if (isTaken) return;
      const target = await opened.catch(() => null);
      await target?.close();
    },
  };
}

/** What a command that writes works with. */
export interface Writing {
  readonly workspace: DiskWorkspace;
  readonly settings: Settings;
  readonly address: Address;
  /** The address as it was written. */
  readonly url: string;
  readonly signal: AbortSignal;
  /** Hooks, and people who are told. */
  readonly around: Around;
  /** Runs the sql-command of a directory, without any of the job's secrets. */
  readonly commands: Commands;
  open(): Promise<Target>;
}

/** A command that writes: what it does, who hears of it, and how it ended in a sentence. */
export interface Written<R> extends Listener<R> {
  work(on: Writing): Promise<R>;
  verdict(report: R): string;
}

/** Reads config and options, lets signals end the work in time, shows what came of it, and tells people. */
export async function onTarget<R extends Omit<Finished, "verdict">>(
  values: OnDatabaseOptions,
  backupId: string | null,
  { work, say, show, verdict }: Written<R>,
): Promise<R> {
  return onDatabase({ values, backupId, say }, async ({ finish, ...on }) => {
    const report = await work(on);
    await show(report);
    await finish({ ...report, verdict: verdict(report) });
    return report;
  });
}

/** The options that every command takes that writes to a database. */
export type OnDatabaseOptions = Omit<WriteOptions, keyof PlanOptions> & DatabaseOptions;

/** Reads config and options, and lets signals end the work in time. */
export async function onDatabase<T>(
  {
    values,
    backupId,
    say: line,
  }: {
    readonly values: OnDatabaseOptions;
    readonly backupId: string | null;
    readonly say: (line: string) => void;
  },
  work: (on: Writing & Pick<Surround, "finish">) => Promise<T>,
): Promise<T> {
  const [{ openWorkspace }, { openCommands }, { parseAddress }, { openTarget }, { saidWords }] = await Promise.all([
    import("../workspace/workspace.ts"),
    import("../process/commands.ts"),
    import("../database/address.ts"),
    import("../database/target.ts"),
    import("../report/deploy-terminal.ts"),
  ]);
  const [{ surround }, { openPrograms }, { maskOf }] = await Promise.all([
    import("./around.ts"),
    import("../process/programs.ts"),
    import("../process/mask.ts"),
  ]);
  const workspace = openWorkspace(process.cwd());
  const { config = null, environment = null } = values;
  const settings = await readSettings({ config, environment }, workspace);
  const url = databaseUrl(values["database-url"] ?? null, settings, process.env);
  const address = parseAddress(url, process.env);
  const words = "stopping, rolling back, giving the lock back";
  const signal = interruption({ words, say: line, lastMoment: () => lastMoment() });
  const say = (said: Said): void => line(saidWords(said));
  const context = contextOf(process.env);
  const { around, finish, lastMoment } = await surround({ settings, address, url, signal, context, say: line });
  const secrets = [url, address.password, process.env.PGPASSWORD ?? null];
  const programs = openPrograms({
    ...{ cwd: process.cwd(), environment: process.env, variable: settings.environment.databaseUrlFrom, url, say: line },
    // Line by line, as they are shown.
    mask: maskOf(secrets.flatMap((secret) => (secret === null ? [] : [secret, ...secret.split(/\r?\n/)]))),
  });
  return work({
    workspace,
    settings,
    ...{ address, url },
    signal,
    ...{ around, finish, commands: openCommands(process.cwd(), process.env) },
    open: () =>
      openTarget({
        ...{ address, signal, say, programs, runner: version() },
        settings: applySettings(values, settings),
        run: { planDigest: null, backupId, environment: settings.environment.name, ...context },
      }),
  });
}

function applySettings(values: WriteOptions, { environment }: Settings): ApplySettings {
  return {
    lockTimeoutMs: duration("lock-timeout", values) ?? environment.lockTimeoutMs,
    maxBlockingMs: duration("max-blocking", values) ?? environment.maxBlockingMs,
    maxDurationMs: duration("max-duration", values) ?? environment.maxDurationMs,
    lockWaitMs: duration("lock-wait", values) ?? 600_000,
    retries: retriesOf(values["lock-retries"]),
    pauseMs: defaultSettings.pauseMs,
    maxPauseMs: defaultSettings.maxPauseMs,
    answerMs: defaultSettings.answerMs,
    progressMs: defaultSettings.progressMs,
    role: environment.role,
    maxReplicaLagMs: environment.preflight.maxReplicaLagMs,
    replicaWaitMs: defaultSettings.replicaWaitMs,
  };
}

function duration(
  name: "lock-timeout" | "max-blocking" | "max-duration" | "lock-wait",
  values: WriteOptions,
): number | null {
  const written = values[name];
  if (written === undefined) return null;
  const ms = durationMs(written);
  if (ms !== null) return ms;
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
