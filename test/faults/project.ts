import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../../src/commands/migrate.ts";
import type { Settings } from "../../src/commands/settings.ts";
import { anybody, defaultConfig } from "../../src/config/config.ts";
import { defaultEnvironment } from "../../src/config/environments.ts";
import { parseAddress } from "../../src/database/address.ts";
import { openTarget } from "../../src/database/target.ts";
import type { DeployResult } from "../../src/plan/deployed.ts";
import { type ApplySettings, defaultSettings, type Said } from "../../src/plan/progress.ts";
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
  readonly signal?: AbortSignal;
  readonly say?: (said: Said) => void;
}

/** `lockkeeper migrate` without its process: everything that is pending, whatever its risk. */
export async function migrateAll({ directory }: Project, options: RunOptions): Promise<DeployResult> {
  const row = { deploy: "automatic", approvals: 0, approvers: anybody, backup: "optional" } as const;
  const policy = { low: row, medium: row, high: row, critical: row, failOn: "critical" } as const;
  const settings: Settings = {
    config: { ...defaultConfig, policy },
    path: null,
    environment: { ...defaultEnvironment, name: null, preflight: defaultConfig.preflight },
  };
  const signal = options.signal ?? new AbortController().signal;
  return migrate(
    {
      directories: [directory],
      layout: null,
      targetVersion: null,
      allowed: new Set(),
      expectDigest: null,
      backupId: null,
    },
    settings,
    {
      workspace: openWorkspace("/"),
      signal,
      preflight: async () => undefined,
      open: () =>
        openTarget({
          address: parseAddress(options.url),
          settings: {
            ...defaultSettings,
            lockTimeoutMs: 500,
            pauseMs: 50,
            maxPauseMs: 200,
            retries: 5,
            answerMs: 5_000,
            ...options.settings,
          },
          run: { planDigest: null, backupId: null, commit: null, runUrl: null, actor: "tests" },
          runner: "tests",
          signal,
          say: options.say ?? (() => undefined),
        }),
    },
  );
}
