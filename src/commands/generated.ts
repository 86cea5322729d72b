import { emptyCatalog } from "../facts/catalog.ts";
import { newSet } from "../facts/session.ts";
import { generatedPath } from "../migrations/generated.ts";
import { variablesFor } from "../plan/program.ts";
import type { Commands, Workspace } from "../ports.ts";
import { rulesFor } from "../rules/run.ts";
import { overlookLedger } from "./alembic-ledger.ts";
import type { JudgeContext } from "./judge.ts";
import { conclude, judgeFor } from "./judge-file.ts";
import { commandEmpty, commandFailed, commandRefused } from "./printed-errors.ts";
import { readerOf } from "./reader.ts";
import type { Target } from "./target.ts";

/** The variable with the id of the commit that counts as applied. */
export const baseVariable = "LOCKKEEPER_BASE";

/** Judges what a directory's command prints, as one migration without a history. Throws UserError where it prints nothing to go by. */
export async function judgeGenerated(
  target: Target & { readonly sqlCommand: string },
  context: JudgeContext & { readonly commands: Commands | null },
): Promise<void> {
  const { directory, dialect, sqlCommand } = target;
  const { base, config, grammar, commands, report } = context;
  const told = { directory, key: "sql-command", command: sqlCommand } as const;
  if (commands === null) throw commandRefused(told);
  const nothingApplied = variablesFor({ applied: [], targetVersion: null, steps: null }, null);
  const printed = await commands.run(sqlCommand, { ...nothingApplied, [baseVariable]: base?.commit ?? "" });
  if (printed.kind === "failed") throw commandFailed(told, printed.why, printed.said);
  const path = generatedPath(directory);
  const workspace: Workspace = {
    ...context.workspace,
    read: (asked) => (asked === path ? { kind: "bytes", bytes: printed.bytes } : context.workspace.read(asked)),
  };
  const reader = await readerOf(dialect, { postgres: config.postgres, grammar });
  const its = { ...context, workspace, rules: rulesFor(dialect, context.rules), dialect, reader };
  // What the tool prints is sent by psql or the like, and opens its own transactions.
  const judge = judgeFor({ layout: "plain", problems: [] }, "tool", { ...its, applier: "another program" });
  const migration = { version: "", name: directory, up: path, down: null };
  // What is applied already was not printed: nothing is known of what these statements find.
  const catalog = emptyCatalog();
  catalog.exact = false;
  const at = { migration, catalog, path, direction: "up", set: newSet() } as const;
  if (dialect === "postgresql") await overlookLedger(at, its);
  const script = await judge({ ...at, how: "judged" });
  const isEmpty = script.file.statements.length === 0 && script.file.unreadable === null;
  if (isEmpty && base === null) throw commandEmpty(told);
  report.add(conclude(script, null, config), { command: sqlCommand });
}
