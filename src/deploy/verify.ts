import { layoutOf } from "../migrations/layouts/index.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { Plan } from "../plan/plan.ts";
import type { Target } from "../plan/target.ts";
import type { JobSources } from "./jobs.ts";
import { isRecorded } from "./recorded.ts";
import type { Verified } from "./verified.ts";
import { verifyCommand } from "./verify-command.ts";

/** Looks whether the ledger has what was applied and nothing else of the plan, and whether an index is broken. */
export async function verify(
  {
    plan,
    outcomes,
    broken,
  }: { readonly plan: Plan; readonly outcomes: readonly Outcome[]; readonly broken: ReadonlySet<string> },
  target: Target,
  { ledgerOf }: Pick<JobSources, "ledgerOf">,
): Promise<Verified> {
  // After a lost connection nothing more is to be had here; the outcome says so already.
  if (outcomes.some(({ status }) => status === "unknown")) return { amiss: [], warnings: [] };
  const amiss: string[] = [];
  const warnings: string[] = [];
  for (const surveyed of plan.directories) {
    const { directory, layout } = surveyed;
    const planned = plan.migrations.filter((each) => each.directory === directory);
    if (planned.length === 0) continue;
    if (surveyed.program !== null) {
      const verified = await verifyCommand({ plan, surveyed, outcomes }, target, ledgerOf(surveyed));
      amiss.push(...verified.amiss);
      warnings.push(...verified.warnings);
      continue;
    }
    const { state, table } = await target.database.ledger(ledgerOf(surveyed));
    const order = layoutOf(layout).order;
    for (const { migration } of planned) {
      const outcome = outcomes.find(({ path }) => path === migration.up);
      const recorded = isRecorded(state, migration.version, order);
      if (outcome?.status === "applied" && !recorded)
        amiss.push(`${table} has no row for ${migration.version}, which was applied.`);
      const clean = outcome?.status === "undone" || outcome?.status === "not-run";
      if (clean && recorded && state.upTo === null)
        amiss.push(`${table} has a row for ${migration.version}, which was not applied.`);
    }
  }
  const now = await target.brokenIndexes();
  const fresh = now
    .filter((name) => !broken.has(name))
    .map((name) => `The index ${name} is INVALID: its build has failed.`);
  const old = now.filter((name) => broken.has(name)).map((name) => `The index ${name} was INVALID before this run.`);
  return { amiss: [...amiss, ...fresh], warnings: [...warnings, ...old] };
}
