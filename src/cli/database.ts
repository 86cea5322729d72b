import { oneOf } from "../commands/option-values.ts";
import { noOrder, shown } from "../report/cells.ts";
import {
  backupForms,
  deployForms,
  type Forms,
  planForms,
  resolveForms,
  rollbackForms,
  verifyForms,
} from "../report/forms.ts";
import type { BackupOptions } from "../wiring/backup.ts";
import type { BaselineOptions } from "../wiring/baseline.ts";
import type { WriteOptions } from "../wiring/migrate.ts";
import type { PlanOptions } from "../wiring/plan.ts";
import type { ResolveOptions } from "../wiring/resolve.ts";
import type { RollbackOptions } from "../wiring/rollback.ts";
import type { VerifyOptions } from "../wiring/verify.ts";
import { terminal } from "./look.ts";
import { sourceOf } from "./source.ts";

const formats = ["text", "json", "markdown"] as const;

/** An option of every command that prints a report. */
interface FormatOption {
  readonly format?: string | undefined;
}

/** `lockkeeper plan`: prints what a deploy would do; false where it would be refused. Throws UserError where the request is wrong. */
export async function runPlan(paths: readonly string[], values: PlanOptions & FormatOption): Promise<boolean> {
  const print = printerOf(values, planForms);
  const { doPlan } = await import("../wiring/plan.ts");
  const planned = await doPlan(paths, values);
  await print(planned);
  return !planned.report.refused;
}

/** `lockkeeper status`: prints what is applied; false where a deploy would be refused. Throws UserError where the request is wrong. */
export async function runStatus(paths: readonly string[], values: PlanOptions & FormatOption): Promise<boolean> {
  const print = printerOf(values, planForms);
  const { doStatus } = await import("../wiring/plan.ts");
  const planned = await doStatus(paths, values);
  await print(planned);
  return !planned.report.refused;
}

/** `lockkeeper migrate`: applies what is pending. Returns the exit status. Throws UserError where the request is wrong. */
export async function runMigrate(paths: readonly string[], values: WriteOptions & FormatOption): Promise<0 | 1 | 3> {
  const show = printerOf(values, deployForms);
  const { doMigrate } = await import("../wiring/migrate.ts");
  return (await doMigrate(paths, values, { say, show })).exitStatus;
}

/** `lockkeeper rollback`: takes migrations back. Returns the exit status. Throws UserError where the request is wrong. */
export async function runRollback(
  paths: readonly string[],
  values: RollbackOptions & FormatOption,
): Promise<0 | 1 | 3> {
  const show = printerOf(values, rollbackForms);
  const { doRollback } = await import("../wiring/rollback.ts");
  return (await doRollback(paths, values, { say, show })).exitStatus;
}

/** `lockkeeper verify`: true when the database is valid. Throws UserError where the request is wrong. */
export async function runVerify(paths: readonly string[], values: VerifyOptions & FormatOption): Promise<boolean> {
  const print = printerOf(values, verifyForms);
  const { doVerify } = await import("../wiring/verify.ts");
  const verification = await doVerify(paths, values, say);
  await print(verification);
  return verification.valid;
}

/** `lockkeeper backup`: true when a backup was made or is whole. Throws UserError where the request is wrong. */
export async function runBackup(words: readonly string[], values: BackupOptions & FormatOption): Promise<boolean> {
  const print = printerOf(values, backupForms);
  const { doBackup } = await import("../wiring/backup.ts");
  const report = await doBackup(words, values, say);
  await print(report);
  return report.command === "backup list" || report.outcome === "done";
}

/** `lockkeeper baseline`: records what is applied already, and prints what it recorded. Throws UserError. */
export async function runBaseline(paths: readonly string[], values: BaselineOptions): Promise<void> {
  const [{ doBaseline }, { baselineWords }] = await Promise.all([
    import("../wiring/baseline.ts"),
    import("../report/ledger-words.ts"),
  ]);
  process.stdout.write(`${baselineWords(await doBaseline(paths, values))}\n`);
}

/** `lockkeeper resolve`: shows what is there of unfinished migrations, or takes a decision. Returns the exit status. Throws UserError. */
export async function runResolve(paths: readonly string[], values: ResolveOptions & FormatOption): Promise<0 | 1 | 3> {
  if (values.format !== undefined) oneOf("--format", values.format, ["text", "json"] as const);
  const print = printerOf(values, resolveForms);
  const { doResolve } = await import("../wiring/resolve.ts");
  const { resolved, exitStatus } = await doResolve(paths, values, say);
  await print(resolved);
  return exitStatus;
}

/** `lockkeeper force`: sets golang-migrate's ledger to a version. Throws UserError. */
export async function runForce(paths: readonly string[], values: WriteOptions): Promise<void> {
  const [{ doForce }, { forceWords }] = await Promise.all([
    import("../wiring/resolve.ts"),
    import("../report/ledger-words.ts"),
  ]);
  process.stdout.write(`${forceWords(await doForce(paths, values, say))}\n`);
}

/** What goes on, on standard error: the report alone is on standard output. */
function say(line: string): void {
  process.stderr.write(`${noOrder(shown(line))}\n`);
}

/** Under the 1 MiB that GitHub takes as the summary of a step, with room for what else the step writes there. */
const mostMarkdownBytes = 1_000_000;

/** Prints reports in the form that is asked for. Throws UserError where there is no such form. */
function printerOf<R>({ format: asked = "text" }: FormatOption, forms: Forms<R>): (report: R) => Promise<void> {
  const format = oneOf("--format", asked, formats);
  const inFormat = async (report: R): Promise<string> => {
    switch (format) {
      case "text": {
        const { openWorkspace } = await import("../workspace/workspace.ts");
        return forms.text(report, { ...terminal(), source: sourceOf(openWorkspace(process.cwd())) });
      }
      case "json":
        return forms.json(report);
      case "markdown":
        return forms.markdown(report, { maxBytes: mostMarkdownBytes });
    }
  };
  return async (report) => {
    process.stdout.write(await inFormat(report));
  };
}
