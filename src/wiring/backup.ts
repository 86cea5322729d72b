import { resolve } from "node:path";
import { oneOf, unknown } from "../commands/option-values.ts";
import { databaseUrl, readSettings, type Settings } from "../commands/settings.ts";
import type { BackupConfig } from "../config/backup.ts";
import type { Session } from "../database/session.ts";
import { UserError } from "../errors.ts";
import { version } from "../help.ts";
import type { SurveyedDirectory } from "../plan/directory.ts";
import type { BackupMade, BackupReport } from "../report/backup-report.ts";
import type { LedgerVersion } from "../report/manifest.ts";
import type { Store } from "../store/directory.ts";
import type { DiskWorkspace } from "../workspace/workspace.ts";
import { interruption } from "./interruption.ts";
import type { DatabaseOptions } from "./plan.ts";

/** The options of `backup`, `backup list` and `backup verify`. */
export interface BackupOptions extends DatabaseOptions {
  readonly store?: string | undefined;
  readonly proof?: string | undefined;
  readonly jobs?: string | undefined;
  readonly "data-only"?: boolean | undefined;
  readonly "schema-only"?: boolean | undefined;
}

const words = ["create", "list", "verify"] as const;

/** Options that only a new backup takes. */
const ofCreate = ["data-only", "schema-only"] as const;

/** `backup` and the words after it: a backup that was made or looked at, or all there are. Throws UserError where the request is wrong. */
export async function doBackup(
  written: readonly string[],
  values: BackupOptions,
  say: (line: string) => void,
): Promise<BackupReport> {
  const [word = "create", ...more] = written;
  const command = words.find((each) => each === word);
  if (command === undefined)
    throw unknown(
      "command",
      `backup ${word}`,
      words.map((each) => `backup ${each}`),
      usage,
    );
  const option = command === "create" ? undefined : ofCreate.find((name) => values[name] !== undefined);
  if (option !== undefined) {
    throw new UserError("option-unknown", `lockkeeper backup ${command} takes no --${option}.`, {
      hint: "leave it out.",
    });
  }
  const [id] = more;
  if (command === "verify" ? id === undefined || more.length > 1 : id !== undefined) {
    throw new UserError(
      "argument-unexpected",
      `lockkeeper backup ${command} takes ${command === "verify" ? "one id" : "no more words"}.`,
      {
        hint: command === "verify" ? "lockkeeper backup list names the ids." : `${usage}.`,
      },
    );
  }
  const { openWorkspace } = await import("../workspace/workspace.ts");
  const workspace = openWorkspace(process.cwd());
  const { config = null, environment = null } = values;
  const settings = await readSettings({ config, environment }, workspace);
  const store = await storeOf(values, settings, command === "create");
  const signal = interruption({ words: "stopping", say, lastMoment: null });
  return inTime(command, id ?? "", { settings, workspace, values, store, signal, say });
}

const usage = "write lockkeeper backup, lockkeeper backup list, or lockkeeper backup verify ID";

/** What the commands of backups work on. */
export interface On {
  readonly settings: Settings;
  readonly workspace: DiskWorkspace;
  readonly values: BackupOptions;
  readonly store: Store;
  readonly signal: AbortSignal;
  /** What is applied, where that is known; left out: the project's own files say where to look. */
  readonly ledgers?: readonly LedgerVersion[];
  /** Says what goes on. */
  readonly say: (line: string) => void;
}

async function inTime(command: (typeof words)[number], id: string, on: On): Promise<BackupReport> {
  switch (command) {
    case "create":
      return makeBackup(on);
    case "verify":
      return verifyAgain(id, on);
    case "list": {
      const { listBackups } = await import("../backup/stored.ts");
      return { schema: 1, command: "backup list", store: on.store.place, ...(await listBackups(on.store)) };
    }
  }
}

/** Makes a backup of the database that the options and the config name. What fails is in the report; a wrong request is thrown. */
export async function makeBackup({
  settings,
  workspace,
  values,
  store,
  signal,
  say,
  ledgers,
}: On): Promise<BackupMade> {
  const [{ createBackup }, { createExternalBackup }, { retain }, { BackupFailed }, { parseAddress }, { connectOrSay }] =
    await Promise.all([
      import("../backup/create.ts"),
      import("../backup/create-external.ts"),
      import("../backup/stored.ts"),
      import("../backup/failure.ts"),
      import("../database/address.ts"),
      import("../database/connect.ts"),
    ]);
  const url = databaseUrl(values["database-url"] ?? null, settings, process.env);
  const address = parseAddress(url, process.env);
  const config = configOf(values, settings);
  const request = {
    address,
    config,
    contents: contentsOf(values),
    environment: settings.environment.name,
    cwd: process.cwd(),
    scratch: await scratchOf(config),
    version: version(),
    commit: await commitOf(),
    signal,
    secrets: [url, process.env[config.scratchUrlFrom] ?? null],
  };
  const ports = {
    store,
    connect: () => connectOrSay(address, { name: "lockkeeper backup" }),
    ledgers: async (session: Session) => ledgers ?? ledgersOf(session, settings, workspace),
    now: () => new Date(),
    say,
  };
  const command = "backup" as const;
  // What is in a backup is for nobody else, whichever program writes it.
  process.umask(0o077);
  const empty = { schema: 1, command, store: store.place } as const;
  try {
    const made =
      config.external === null
        ? await createBackup(request, ports)
        : await createExternalBackup(request, config.external, ports);
    const { removed, warnings } = await retain(store, config, new Date()).then(
      (ids) => ({ removed: ids, warnings: made.warnings }),
      // The backup is there; that an old one cannot be removed does not make it worse.
      (error: Error) => {
        const why = `Old backups could not be removed: ${error.message}`;
        return { removed: [], warnings: [...made.warnings, why] };
      },
    );
    return { ...empty, outcome: "done", backup: made.manifest, failure: null, warnings, removed };
  } catch (thrown) {
    if (!(thrown instanceof BackupFailed)) throw thrown;
    const { code, message, details, hint } = thrown;
    const failure = { code, message, details, hint };
    return { ...empty, outcome: "failed", backup: null, failure, warnings: [], removed: [] };
  }
}

async function verifyAgain(id: string, { settings, values, store, signal, say }: On): Promise<BackupReport> {
  const [{ verifyBackup }, { BackupFailed }, { proofs }] = await Promise.all([
    import("../backup/stored.ts"),
    import("../backup/failure.ts"),
    import("../config/backup.ts"),
  ]);
  const config = configOf(values, settings);
  const again = {
    id,
    proof: values.proof === undefined ? null : oneOf("--proof", values.proof, proofs),
    config,
    scratch: await scratchOf(config),
    jobs: config.jobs ?? 2,
    cwd: process.cwd(),
    secrets: [process.env[settings.environment.databaseUrlFrom] ?? null, process.env[config.scratchUrlFrom] ?? null],
    signal,
  };
  const report = { schema: 1, command: "backup verify", store: store.place, warnings: [], removed: [] } as const;
  const failed = ({ code, message, details, hint }: InstanceType<typeof BackupFailed>) => ({
    code,
    message,
    details,
    hint,
  });
  try {
    const { manifest, failure } = await verifyBackup(store, again, say);
    if (failure === null) return { ...report, outcome: "done", backup: manifest, failure: null };
    return { ...report, outcome: "failed", backup: manifest, failure: failed(failure) };
  } catch (thrown) {
    if (!(thrown instanceof BackupFailed)) throw thrown;
    return { ...report, outcome: "failed", backup: null, failure: failed(thrown) };
  }
}

/** The store that the option or the config names. Throws UserError where there is none. */
export async function storeOf(values: BackupOptions, { environment }: Settings, create: boolean): Promise<Store> {
  const place = values.store ?? environment.backup.store;
  if (place === null) {
    throw new UserError("store-missing", "There is no store for backups.", {
      hint: "name a directory with --store DIR, or as backup.store in the config.",
    });
  }
  const { openStore } = await import("../store/directory.ts");
  return openStore(resolve(place), { create });
}

function contentsOf(values: BackupOptions): "all" | "data" | "schema" {
  const { "data-only": data = false, "schema-only": schema = false } = values;
  if (data && schema) {
    throw new UserError("option-invalid", "--data-only and --schema-only leave nothing to back up.", {
      hint: "leave out one of them, or both for everything.",
    });
  }
  return data ? "data" : schema ? "schema" : "all";
}

function configOf(values: BackupOptions, { environment }: Settings): BackupConfig {
  const { backup } = environment;
  const jobs = values.jobs;
  if (jobs !== undefined && !/^([1-9]|[1-5]\d|6[0-4])$/.test(jobs)) {
    throw new UserError("option-invalid", `--jobs ${jobs} is no number of jobs.`, {
      hint: "write a number from 1 to 64.",
    });
  }
  const proof =
    values.proof === undefined ? backup.proof : oneOf("--proof", values.proof, ["checksums", "archive", "restored"]);
  return { ...backup, proof, jobs: jobs === undefined ? backup.jobs : Number(jobs) };
}

async function scratchOf({ scratchUrlFrom }: BackupConfig) {
  const url = process.env[scratchUrlFrom];
  if (url === undefined || url === "") return null;
  const { parseAddress } = await import("../database/address.ts");
  // The variables of libpq are those of the database itself.
  return { address: parseAddress(url) };
}

/** The newest version that each ledger counts as applied. */
export function ledgerVersions(directories: readonly SurveyedDirectory[]): readonly LedgerVersion[] {
  return directories.map(({ ledger, entries }) => ({
    table: ledger.table,
    version: entries.findLast(({ standing }) => standing !== "pending" && standing !== "out-of-order")?.version ?? null,
  }));
}

/** What is applied, as far as the project's own files say where to look. */
async function ledgersOf(
  session: Session,
  settings: Settings,
  workspace: DiskWorkspace,
): Promise<readonly LedgerVersion[]> {
  const [{ surveyOf }, { readerOf }] = await Promise.all([
    import("../commands/survey.ts"),
    import("../database/reader.ts"),
  ]);
  const request = { directories: [], layout: null, targetVersion: null, allowed: new Set<never>() };
  try {
    const { survey } = await surveyOf(request, settings, { workspace, database: readerOf(session) });
    return ledgerVersions(survey.directories);
  } catch (thrown) {
    // A project without migrations has backups too.
    if (thrown instanceof UserError) return [];
    throw thrown;
  }
}

async function commitOf(): Promise<string | null> {
  if (process.env.GITHUB_SHA !== undefined && process.env.GITHUB_SHA !== "") return process.env.GITHUB_SHA;
  const { run } = await import("../process/run.ts");
  const ended = await run("git", ["rev-parse", "HEAD"], { cwd: process.cwd(), timeoutMs: 10_000, maxBytes: 1000 });
  const text = ended.kind === "ran" && ended.status === 0 ? ended.stdout.toString("utf8").trim() : "";
  return /^[0-9a-f]{40,64}$/.test(text) ? text : null;
}
