import { majorVersion, oneOf } from "../commands/option-values.ts";
import { UserError } from "../errors.ts";
import { version } from "../help.ts";
import type { FileContent, Workspace } from "../ports.ts";
import type { Report } from "../report/report.ts";
import { asConfigWrites } from "../wiring/paths.ts";
import { readStandardInput } from "../workspace/standard-input.ts";
import type { DiskWorkspace } from "../workspace/workspace.ts";
import { terminal } from "./look.ts";
import { sourceOf } from "./source.ts";

const formats = ["text", "json", "markdown", "sarif", "github"] as const;

/** The options of `lockkeeper check`, as they are written. */
export interface CheckOptions {
  readonly config?: string | undefined;
  readonly layout?: string | undefined;
  readonly format?: string | undefined;
  readonly postgres?: string | undefined;
  readonly rehearse?: string | undefined;
  readonly since?: string | undefined;
  readonly "fail-on"?: string | undefined;
}

/** `lockkeeper check`: prints the report; true when the gate is open. Throws UserError where the request is wrong. */
export async function runCheck(paths: readonly string[], values: CheckOptions): Promise<boolean> {
  const format = oneOf("--format", values.format ?? "text", formats);
  if (values.rehearse !== undefined) oneOf("--rehearse", values.rehearse, ["off"] as const);
  const { failOnChoices, layouts, postgresVersions } = await import("../config/config.ts");
  const postgres = values.postgres === undefined ? null : majorVersion(values.postgres, postgresVersions);
  const failOn = values["fail-on"] === undefined ? null : oneOf("--fail-on", values["fail-on"], failOnChoices);
  const [{ check }, { openWorkspace }, { openCommands }] = await Promise.all([
    import("../commands/check.ts"),
    import("../workspace/workspace.ts"),
    import("../process/commands.ts"),
  ]);
  const disk = openWorkspace(process.cwd());
  const workspace = paths.includes("-") ? withStandardInput(disk) : disk;
  const { since } = values;
  if (since !== undefined && workspace !== disk) throw sinceWithInput();
  const base =
    since === undefined ? null : await (await import("../workspace/git-tree.ts")).openTreeSince(process.cwd(), since);
  const report = await check(
    {
      paths: paths.map(asConfigWrites),
      config: values.config ?? null,
      layout: values.layout === undefined ? null : oneOf("--layout", values.layout, layouts),
      postgres,
      failOn,
    },
    { workspace, base, commands: openCommands(process.cwd(), process.env) },
  );
  for (const piece of inParts(await inFormat(format, report, workspace))) process.stdout.write(piece);
  return report.verdict.outcome === "pass";
}

/** Under the 1 MiB that GitHub takes as the summary of a step, with room for what else the step writes there. */
const mostMarkdownBytes = 1_000_000;

/** The report as the format writes it. Only what writes it is loaded. */
async function inFormat(
  format: (typeof formats)[number],
  report: Report,
  workspace: Workspace,
): Promise<string | Iterable<string>> {
  switch (format) {
    case "text": {
      const { renderTerminal } = await import("../report/terminal.ts");
      return renderTerminal(report, { ...terminal(), source: sourceOf(workspace) });
    }
    case "json": {
      const { jsonPieces } = await import("../report/json.ts");
      return jsonPieces(report);
    }
    case "markdown": {
      const { renderMarkdown } = await import("../report/markdown.ts");
      return renderMarkdown(report, { maxBytes: mostMarkdownBytes });
    }
    case "sarif": {
      const [{ renderSarif }, { rules }, { createHash }] = await Promise.all([
        import("../report/sarif.ts"),
        import("../rules/index.ts"),
        import("node:crypto"),
      ]);
      const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
      return renderSarif(report, { rules, version: version(), source: sourceOf(workspace), sha256 });
    }
    case "github": {
      const { renderAnnotations } = await import("../report/annotations.ts");
      return renderAnnotations(report);
    }
  }
}

/** Pieces put together to what is worth a call: a report of a million statements is no string, and not a million writes. */
function* inParts(pieces: string | Iterable<string>): Generator<string> {
  if (typeof pieces === "string") return yield pieces;
  let part = "";
  for (const piece of pieces) {
    part += piece;
    if (part.length < mostAtOnce) continue;
    yield part;
    part = "";
  }
  yield part;
}

const mostAtOnce = 4 * 1024 * 1024;

/** The project's files, and what comes through standard input as a file that is called "-". */
function withStandardInput(disk: DiskWorkspace): DiskWorkspace {
  let content: FileContent | null = null;
  const read = (): FileContent => {
    content ??= readStandardInput();
    return content;
  };
  return {
    ...disk,
    look: (path) => (path === "-" ? { kind: "file" } : disk.look(path)),
    read: (path) => (path === "-" ? read() : disk.read(path)),
  };
}

function sinceWithInput(): UserError {
  return new UserError("option-invalid", "--since has nothing to compare standard input with.", {
    hint: "leave --since out, or name files and directories in place of -.",
  });
}
