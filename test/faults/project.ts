import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../../src/commands/migrate.ts";
import { resolve } from "../../src/commands/resolve.ts";
import type { Settings } from "../../src/commands/settings.ts";
import { anybody, defaultConfig } from "../../src/config/config.ts";
import { defaultEnvironment, type RollbackTrigger } from "../../src/config/environments.ts";
import { parseAddress } from "../../src/database/address.ts";
import { openTarget } from "../../src/database/target.ts";
import type { DeployResult } from "../../src/plan/deployed.ts";
import { type ApplySettings, defaultSettings, type Said } from "../../src/plan/progress.ts";
import type { Resolution, Resolved } from "../../src/plan/resolution.ts";
import type { Target } from "../../src/plan/target.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";

/** A directory of migrations on disk. */
export interface Project {
  readonly directory: string;
  remove(): void;
}

export function projectOf(files: Readonly<Record<string, string>>): Project {
  const directory = mkdtempSync(join(tmpdir(), "lockkeeper-faults-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return { directory, remove: () => rmSync(directory, { recursive: true }) };
}

export interface RunOptions {
  readonly url: string;
  readonly settings?: Partial<ApplySettings>;
  /** After which failures what was applied is taken back; none where it is left out. */
  readonly rollbackOn?: readonly RollbackTrigger[];
  readonly signal?: AbortSignal;
  readonly say?: (said: Said) => void;
}

const everything = { layout: null, targetVersion: null, allowed: new Set<never>() };

/** Settings of a project that lets every risk pass. */
export function settingsOf(rollbackOn: readonly RollbackTrigger[] = []): Settings {
  const row = { deploy: "automatic", approvals: 0, approvers: anybody, backup: "optional" } as const;
  const policy = { low: row, medium: row, high: row, critical: row, failOn: "critical" } as const;
  return {
    config: { ...defaultConfig, policy },
    path: null,
    environment: { ...defaultEnvironment, name: null, preflight: defaultConfig.preflight, rollbackOn },
  };
}

/** The database of these options, locked and watched. */
export function targetOf(options: RunOptions): Promise<Target> {
  return openTarget({
    address: parseAddress(options.url),
    settings: {
      ...{ ...defaultSettings, lockTimeoutMs: 500, pauseMs: 50, maxPauseMs: 200, retries: 5, answerMs: 5_000 },
      ...options.settings,
    },
    run: { planDigest: null, backupId: null, commit: null, runUrl: null, actor: "tests", environment: null },
    runner: "tests",
    signal: options.signal ?? new AbortController().signal,
    say: options.say ?? (() => undefined),
  });
}

/** `lockkeeper migrate` without its process: everything that is pending, whatever its risk. */
export async function migrateAll({ directory }: Project, options: RunOptions): Promise<DeployResult> {
  return migrate(
    { ...everything, directories: [directory], expectDigest: null, backupId: null },
    settingsOf(options.rollbackOn),
    {
      workspace: openWorkspace("/"),
      signal: options.signal ?? new AbortController().signal,
      preflight: async () => undefined,
      open: () => targetOf(options),
    },
  );
}

/** `lockkeeper resolve` without its process. */
export async function resolveWith(
  { directory }: Project,
  decision: { readonly version: string; readonly resolution: Resolution } | null,
  options: RunOptions,
): Promise<Resolved> {
  const target = await targetOf(options);
  try {
    const { version = null, resolution = null } = decision ?? {};
    const request = { ...everything, directories: [directory], version, resolution };
    return await resolve(request, settingsOf(), { workspace: openWorkspace("/"), target });
  } finally {
    await target.close();
  }
}
