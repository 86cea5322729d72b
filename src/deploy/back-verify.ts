import { layoutOf } from "../migrations/layouts/index.ts";
import type { BackPlan } from "../plan/back.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { Target } from "../plan/target.ts";
import type { JobSources } from "./jobs.ts";
import { isRecorded } from "./recorded.ts";
import type { Verified } from "./verified.ts";
import { backAmiss } from "./verify-command.ts";

/** Looks whether the ledger has lost what was taken back and nothing else, whether it is gone from the catalog, and whether an index is broken. */
export async function verifyBack(
  did: { readonly plan: BackPlan; readonly outcomes: readonly Outcome[]; readonly broken: ReadonlySet<string> },
  target: Target,
  { ledgerOf }: Pick<JobSources, "ledgerOf">,
): Promise<Verified> {
  const { plan, outcomes, broken } = did;
  if (outcomes.some(({ status }) => status === "unknown")) return { amiss: [], warnings: [] };
  const amiss: string[] = [];
  const warnings: string[] = [];
  const { state, table } = await target.database.ledger(ledgerOf(plan.directory));
  const { order } = layoutOf(plan.directory.layout);
  const isByCommand = plan.directory.program?.sqlCommand != null;
  if (isByCommand) amiss.push(...backAmiss(plan, outcomes, { state, table }));
  for (const [i, { migration, script }] of plan.migrations.entries()) {
    const { version } = migration;
    const isBack = outcomes[i]?.status === "applied";
    // Which versions a program goes back over is known to its tool.
    const recorded = isByCommand ? !isBack : isRecorded(state, version, order);
    if (isBack && recorded) amiss.push(`${table} still counts ${version} as applied, which was taken back.`);
    if (!isBack && !recorded) amiss.push(`${table} does not count ${version} as applied, which was not taken back.`);
    if (!isBack) continue;
    const { statements, path } = script.file;
    const evidence = await target.evidence(statements);
    for (const [n, { statement }] of statements.entries()) {
      // Another script may have made it again.
      if (evidence[n] === "not-there")
        warnings.push(`The catalog does not show what ${path}:${statement.span.line} does.`);
    }
  }
  const now = await target.brokenIndexes();
  amiss.push(...now.filter((name) => !broken.has(name)).map((name) => `The index ${name} is INVALID.`));
  return { amiss, warnings };
}
