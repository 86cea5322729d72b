import type { Forced } from "../commands/force.ts";
import { oneOf } from "../commands/option-values.ts";
import { UserError } from "../errors.ts";
import type { Resolution, Resolved } from "../plan/resolution.ts";
import { onDatabase, type WriteOptions } from "./migrate.ts";
import { requestOf } from "./plan.ts";

/** The options of `resolve`. */
export interface ResolveOptions extends WriteOptions {
  readonly mark?: string | undefined;
  readonly "resume-at"?: string | undefined;
  readonly "roll-back"?: boolean | undefined;
}

/** What there is of unfinished migrations, and what was decided. */
export interface Resolving {
  readonly resolved: Resolved;
  readonly exitStatus: 0 | 1 | 3;
}

/** `resolve`: looks at what is there of unfinished migrations, or takes a decision. Throws UserError. */
export async function doResolve(
  paths: readonly string[],
  values: ResolveOptions,
  say: (line: string) => void,
): Promise<Resolving> {
  const resolution = resolutionOf(values);
  const version = values["target-version"] ?? null;
  if ((version === null) !== (resolution === null)) {
    throw new UserError("option-missing", "A decision names its version, and a version its decision.", {
      hint: "lockkeeper resolve alone shows what fits; then --target-version VERSION with --resume-at N, --mark applied, --mark not-applied or --roll-back.",
    });
  }
  return onDatabase({ values, backupId: null, say }, async ({ workspace, settings, open }) => {
    const { resolve } = await import("../commands/resolve.ts");
    const request = { ...(await requestOf(paths, values)), version, resolution };
    const target = await open();
    try {
      const resolved = await resolve(request, settings, { workspace, target });
      return { resolved, exitStatus: statusOf(resolved) };
    } finally {
      await target.close();
    }
  });
}

function statusOf({ decided, unfinished }: Resolved): Resolving["exitStatus"] {
  if (decided === null) return unfinished.length === 0 ? 0 : 1;
  return decided.outcome === null || decided.outcome.status === "applied" ? 0 : 3;
}

/** `force`: sets golang-migrate's ledger to a version. Throws UserError. */
export async function doForce(
  paths: readonly string[],
  values: WriteOptions,
  say: (line: string) => void,
): Promise<Forced> {
  const targetVersion = values["target-version"];
  if (targetVersion === undefined) {
    throw new UserError("option-missing", "lockkeeper force needs --target-version.", {
      hint: "name the version that the database is at: lockkeeper force --target-version 000012.",
    });
  }
  return onDatabase({ values, backupId: null, say }, async ({ workspace, settings, open }) => {
    const { force } = await import("../commands/force.ts");
    const request = { ...(await requestOf(paths, values)), targetVersion };
    const target = await open();
    try {
      return await force(request, settings, { workspace, target });
    } finally {
      await target.close();
    }
  });
}

function resolutionOf(values: ResolveOptions): Resolution | null {
  const { mark, "resume-at": at, "roll-back": back } = values;
  const given = [mark, at, back].filter((each) => each !== undefined).length;
  if (given > 1) {
    throw new UserError("option-invalid", "One decision at a time.", {
      hint: "give one of --resume-at N, --mark applied, --mark not-applied and --roll-back.",
    });
  }
  if (mark !== undefined) return { kind: oneOf("--mark", mark, ["applied", "not-applied"] as const) };
  if (back === true) return { kind: "roll-back" };
  if (at === undefined) return null;
  if (/^[1-9]\d{0,6}$/.test(at)) return { kind: "resume", at: Number(at) };
  throw new UserError("option-invalid", `--resume-at ${at} is not the number of a statement.`, {
    hint: "lockkeeper resolve lists the statements; they count from 1.",
  });
}
