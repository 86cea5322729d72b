import { databaseUrl, readSettings, type Settings } from "../commands/settings.ts";
import type { Address } from "../database/address.ts";
import type { Session } from "../database/session.ts";
import { Refusal, UserError } from "../errors.ts";
import { type Looked, type Verification, type VerifyCheck, verifyChecks } from "../report/verification.ts";
import type { VerifySession } from "../verify/looking.ts";
import type { Picture } from "../verify/picture.ts";
import type { AssertionFile } from "../verify/queries.ts";
import type { Verified } from "../verify/verify.ts";
import type { DiskWorkspace } from "../workspace/workspace.ts";
import { interruption } from "./interruption.ts";
import { type PlanOptions, requestOf } from "./plan.ts";

/** The options of `verify`. */
export interface VerifyOptions extends PlanOptions {
  readonly save?: string | undefined;
  readonly "compare-with"?: string | undefined;
  /** Whether the service is not asked how it is; only the action has it. */
  readonly "skip-health"?: boolean | undefined;
}

/** `verify`: whether the database is valid. Throws UserError where the request is wrong. */
export async function doVerify(
  paths: readonly string[],
  values: VerifyOptions,
  say: (line: string) => void,
): Promise<Verification> {
  const [{ openWorkspace }, { parseAddress }] = await Promise.all([
    import("../workspace/workspace.ts"),
    import("../database/address.ts"),
  ]);
  const workspace = openWorkspace(process.cwd());
  const { config = null, environment = null } = values;
  const settings = await readSettings({ config, environment }, workspace);
  const { loadPicture, savePicture } = await import("../verify/picture-file.ts");
  const before = values["compare-with"] === undefined ? null : await loadPicture(values["compare-with"]);
  // What is wrong with the request is told before anything is asked.
  assertionsOf(settings, workspace);
  const url = databaseUrl(values["database-url"] ?? null, settings, process.env);
  const address = parseAddress(url, process.env);
  const signal = interruption({ words: "stopping", say, lastMoment: null });
  return toTheEnd({ address, signal }, async (session) => {
    const ledger = await ledgerOf(session, paths, values, settings, workspace);
    const { verification, picture } = await verifyOn(session, {
      ...{ settings, workspace, address, url, signal, ledger, before, deploying: false },
      touched: () => false,
      checks: new Set(verifyChecks.filter((check) => check !== "health" || values["skip-health"] !== true)),
      picture: values.save !== undefined,
    });
    if (values.save !== undefined && picture !== null) await savePicture(values.save, picture);
    return verification;
  });
}

/** Looks at a database over a connection of its own. Throws UserError where that could not be done to the end. */
export async function toTheEnd<T>(
  { address, signal }: Pick<VerifyOn, "address" | "signal">,
  look: (session: Session & VerifySession) => Promise<T>,
): Promise<T> {
  const [{ connectOrSay }, { DatabaseError }] = await Promise.all([
    import("../database/connect.ts"),
    import("../database/errors.ts"),
  ]);
  const session = await connectOrSay(address, { name: "lockkeeper verify" });
  const leave = (): void => session.abandon();
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await look(session);
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError)) throw thrown;
    const why = signal.aborted ? "the run was stopped" : thrown.message;
    throw new Refusal("verify-incomplete", `The database could not be looked at to the end: ${why}.`, {
      hint: "nothing is known of what was not looked at: verify it again.",
    });
  } finally {
    signal.removeEventListener("abort", leave);
    await session.close();
  }
}

/** What a verification within another command works on. */
export interface VerifyOn {
  readonly settings: Settings;
  readonly workspace: DiskWorkspace;
  readonly address: Address;
  /** As it was written: taken out of what commands print. */
  readonly url: string;
  readonly signal: AbortSignal;
  readonly ledger: Looked;
  readonly before: Picture | null;
  readonly touched: (table: string) => boolean;
  readonly checks: ReadonlySet<VerifyCheck>;
  readonly deploying: boolean;
  readonly picture: boolean;
}

/** Everything that the config asks for, on a connection without a transaction. */
export async function verifyOn(session: VerifySession, on: VerifyOn): Promise<Verified> {
  const [{ verifyDatabase }, { maskOf }, { withoutAddresses }] = await Promise.all([
    import("../verify/verify.ts"),
    import("../process/mask.ts"),
    import("../process/environment.ts"),
  ]);
  const { settings, workspace, address, url, ...rest } = on;
  const { name } = settings.environment;
  return verifyDatabase(session, {
    ...rest,
    config: settings.environment.verify,
    queries: assertionsOf(settings, workspace),
    cwd: process.cwd(),
    env: { ...withoutAddresses(process.env), ...(name === null ? {} : { LOCKKEEPER_ENVIRONMENT: name }) },
    mask: maskOf([address.password, url]),
  });
}

/** The ledgers against the files. A project without migrations has none, which is no fault of its database. */
async function ledgerOf(
  session: Session,
  paths: readonly string[],
  values: VerifyOptions,
  settings: Settings,
  workspace: DiskWorkspace,
): Promise<Looked> {
  const [{ surveyOf }, { reading }, { ledgerLooked }] = await Promise.all([
    import("../commands/survey.ts"),
    import("../database/reader.ts"),
    import("../verify/ledger.ts"),
  ]);
  const request = await requestOf(paths, values);
  const isAsked = paths.length > 0 || settings.config.migrations.length > 0 || request.targetVersion !== null;
  try {
    const { survey } = await reading(session, (database) => surveyOf(request, settings, { workspace, database }));
    return ledgerLooked(survey, { complete: request.targetVersion !== null });
  } catch (thrown) {
    if (isAsked || !(thrown instanceof UserError) || thrown.code !== "nothing-to-check") throw thrown;
    return { check: "ledger", looked: 0, errors: [], warnings: [] };
  }
}

/** The assertion queries of the project, in the order of their names. */
function assertionsOf({ environment }: Settings, workspace: DiskWorkspace): readonly AssertionFile[] {
  const { queries: directory, queriesNamed } = environment.verify;
  const listing = workspace.look(directory);
  if (listing.kind === "missing" && !queriesNamed) return [];
  if (listing.kind !== "directory") {
    const what = listing.kind === "missing" ? "there is none" : listing.kind === "file" ? "it is a file" : listing.why;
    throw new UserError("path-not-directory", `The directory ${directory} cannot be read: ${what}.`, {
      hint: "verify.queries in the config names the directory with assertion queries.",
    });
  }
  return listing.entries
    .filter(({ name, kind }) => name.toLowerCase().endsWith(".sql") && kind !== "directory")
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, kind, why }) => {
      const path = `${directory}/${name}`;
      if (kind === "refused") return { path, text: null, why: `cannot be read: ${why}` };
      const content = workspace.read(path);
      if (content.kind === "unreadable") return { path, text: null, why: `cannot be read: ${content.why}` };
      return textOf(path, content.bytes);
    });
}

function textOf(path: string, bytes: Uint8Array): AssertionFile {
  try {
    return { path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), why: null };
  } catch {
    return { path, text: null, why: "is not UTF-8" };
  }
}
