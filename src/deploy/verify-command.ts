import type { LedgerState } from "../migrations/recorded.ts";
import type { BackPlan } from "../plan/back.ts";
import type { LedgerChoice } from "../plan/database.ts";
import type { SurveyedDirectory } from "../plan/directory.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { Plan } from "../plan/plan.ts";
import { versionsIn } from "../plan/program.ts";
import type { Target } from "../plan/target.ts";
import { list } from "../text.ts";
import type { Verified } from "./verified.ts";

/** What is not as it should be after a command: the ledger has not moved, it lacks the target, or something is still pending. */
export async function verifyCommand(
  did: {
    readonly plan: Pick<Plan, "migrations" | "targetVersion">;
    readonly surveyed: SurveyedDirectory;
    readonly outcomes: readonly Outcome[];
  },
  target: Target,
  ledger: LedgerChoice,
): Promise<Verified> {
  const { plan, surveyed, outcomes } = did;
  const { directory, program } = surveyed;
  const paths = new Set(
    plan.migrations.filter((each) => each.directory === directory).map(({ script }) => script.file.path),
  );
  const applied = outcomes.filter(({ path, status }) => paths.has(path) && status === "applied");
  const amiss: string[] = [];
  const warnings: string[] = [];
  if (program === null || applied.length === 0) return { amiss, warnings };
  for (const { migration, script } of plan.migrations) {
    if (!applied.some((each) => each.path === migration.up)) continue;
    const { statements, path } = script.file;
    const evidence = await target.evidence(statements);
    for (const [i, { statement }] of statements.entries()) {
      // A later statement may have taken it away again.
      if (evidence[i] === "not-there")
        warnings.push(`The catalog does not show what ${path}:${statement.span.line} does.`);
    }
  }
  const { state, table } = await target.database.ledger(ledger);
  if (applied.every(({ ledger: seen }) => seen !== undefined && isSame(seen.before, seen.after)))
    amiss.push(`The command of ${directory} has ended well, and ${table} has not moved.`);
  if (program.sqlCommand === null) {
    const known = new Set(plan.migrations.map(({ migration }) => program.recordedAs(migration)));
    const before = new Set(surveyed.ledger.state.applied.map(({ version }) => version));
    const more = state.applied.filter(({ version }) => !known.has(version) && !before.has(version));
    if (more.length > 0)
      amiss.push(`The command has applied more than was planned: ${list(more.map(({ version }) => version))}.`);
    return { amiss, warnings };
  }
  const { targetVersion } = plan;
  if (targetVersion !== null && !state.applied.some(({ version }) => version === targetVersion))
    amiss.push(`${table} does not have ${targetVersion}, which was the target.`);
  const left = await program.print({ direction: "up", applied: state.applied, targetVersion, steps: null });
  if (!left.isEmpty)
    amiss.push(
      `The sql-command of ${directory} still prints SQL: it is pending, or the command did not do what was shown.`,
    );
  return { amiss, warnings };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}

/** What is not as it should be after a command has gone back to a version. */
export function backAmiss(
  { asked }: Pick<BackPlan, "asked">,
  outcomes: readonly Outcome[],
  { state, table }: { readonly state: LedgerState; readonly table: string },
): readonly string[] {
  const target = asked?.targetVersion ?? null;
  if (target === null || !outcomes.some(({ status }) => status === "applied")) return [];
  const has = versionsIn(state);
  // Before the first, as golang-migrate and Alembic write it.
  if (target === "0" || target === "base") return has.length === 0 ? [] : [`${table} still has ${list(has)}.`];
  return has.includes(target) ? [] : [`${table} does not have ${target}, which was the target.`];
}
