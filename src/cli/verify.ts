import { oneOf } from "../commands/option-values.ts";
import { databaseUrl, readSettings, type Settings } from "../commands/settings.ts";
import type { Session } from "../database/session.ts";
import { UserError } from "../errors.ts";
import type { Looked, Verification } from "../report/verification.ts";
import type { AssertionFile } from "../verify/queries.ts";
import type { DiskWorkspace } from "../workspace/workspace.ts";
import { interruption } from "./interruption.ts";
import { terminal } from "./look.ts";
import { type PlanOptions, requestOf } from "./plan.ts";

/** The options of `lockkeeper verify`. */
export interface VerifyOptions extends PlanOptions {
  readonly save?: string | undefined;
  readonly "compare-with"?: string | undefined;
}

const formats = ["text", "json", "markdown"] as const;

/** `lockkeeper verify`: true when the database is valid. Throws UserError where the request is wrong. */
export async function runVerify(paths: readonly string[], values: VerifyOptions): Promise<boolean> {
  const format = oneOf("--format", values.format ?? "text", formats);
  const [{ openWorkspace }, { parseAddress }, { connectOrSay }, { verifyDatabase }, { maskOf }, { withoutAddresses }] =
    await Promise.all([
      import("../workspace/workspace.ts"),
      import("../database/address.ts"),
      import("../database/connect.ts"),
      import("../verify/verify.ts"),
      import("../process/mask.ts"),
      import("../process/environment.ts"),
    ]);
  const workspace = openWorkspace(process.cwd());
  const { config = null, environment = null } = values;
  const settings = await readSettings({ config, environment }, workspace);
  const { loadPicture, savePicture } = await import("../verify/picture-file.ts");
  const before = values["compare-with"] === undefined ? null : await loadPicture(values["compare-with"]);
  const queries = assertionsOf(settings, workspace);
  const url = databaseUrl(values["database-url"] ?? null, settings, process.env);
  const address = parseAddress(url, process.env);
  const session = await connectOrSay(address, { name: "lockkeeper verify" });
  try {
    const ledger = await ledgerOf(session, paths, values, settings, workspace);
    const name = settings.environment.name;
    const { verification, picture } = await verifyDatabase(session, {
      config: settings.config.verify,
      queries,
      before,
      touched: new Set(),
      ledger,
      picture: values.save !== undefined,
      cwd: process.cwd(),
      env: { ...withoutAddresses(process.env), ...(name === null ? {} : { LOCKKEEPER_ENVIRONMENT: name }) },
      mask: maskOf([address.password, url]),
      signal: interruption(),
    });
    if (values.save !== undefined && picture !== null) await savePicture(values.save, picture);
    process.stdout.write(await inFormat(format, verification));
    return verification.valid;
  } finally {
    await session.close();
  }
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
function assertionsOf({ config }: Settings, workspace: DiskWorkspace): readonly AssertionFile[] {
  const { queries: directory, queriesNamed } = config.verify;
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

async function inFormat(format: (typeof formats)[number], verification: Verification): Promise<string> {
  switch (format) {
    case "text": {
      const { renderVerifyTerminal } = await import("../report/verify-terminal.ts");
      return renderVerifyTerminal(verification, terminal());
    }
    case "json": {
      const { renderVerifyJson } = await import("../report/verify-json.ts");
      return renderVerifyJson(verification);
    }
    case "markdown": {
      const { renderVerifyMarkdown } = await import("../report/verify-markdown.ts");
      return renderVerifyMarkdown(verification);
    }
  }
}
