import { layoutOf } from "../migrations/layouts/index.ts";
import type { BackPlan } from "../plan/back.ts";
import type { CommandJob, CommandTask } from "../plan/command.ts";
import type { LedgerChoice } from "../plan/database.ts";
import type { SurveyedDirectory } from "../plan/directory.ts";
import type { Plan, PlannedMigration } from "../plan/plan.ts";
import { isRecorded } from "./recorded.ts";

/** All that is pending in a directory, as one run of its command. */
export function commandJobOf(plan: Plan, directory: SurveyedDirectory, ledger: LedgerChoice): CommandJob {
  const { program } = directory;
  if (program === null) throw new TypeError(`${directory.directory} has no command.`);
  const planned = plan.migrations.filter((each) => each.directory === directory.directory);
  const longer = planned.flatMap(({ script }) =>
    script.file.directives.flatMap((each) => (each.kind === "max-blocking" ? [each.ms] : [])),
  );
  return {
    ...{ command: program.applyCommand, direction: "up", ledger },
    tasks: planned.map((each) => taskOf(each, directory)),
    ...{ targetVersion: plan.targetVersion, steps: null, planDigest: plan.digest },
    maxBlockingMs: longer.length === 0 ? null : Math.max(...longer),
  };
}

function taskOf({ migration, digest, script }: PlannedMigration, { layout, program }: SurveyedDirectory): CommandTask {
  const { version, name, up } = migration;
  const recorded = program?.recordedAs(migration) ?? version;
  const isIn: CommandTask["isIn"] = (state) => isRecorded(state, recorded, layoutOf(layout).order);
  return {
    ...{ version, name, path: up ?? name, digest: digest ?? "" },
    statements: script.file.statements,
    isIn: program?.sqlCommand == null ? isIn : null,
  };
}

/** What a command is to take back; null where Lockkeeper goes back itself. */
export function backCommandJobOf(plan: BackPlan, ledger: LedgerChoice): CommandJob | null {
  const { directory, asked, migrations } = plan;
  const command = directory.program?.rollbackCommand ?? null;
  if (asked === null || command === null) return null;
  const { layout, program } = directory;
  const { order } = layoutOf(layout);
  return {
    ...{ command, direction: "down", ledger, ...asked, maxBlockingMs: null, planDigest: plan.digest },
    tasks: migrations.map(({ migration, digest, script }) => {
      const { version, name } = migration;
      const { path, statements } = script.file;
      const recorded = program?.recordedAs(migration) ?? version;
      const isIn: CommandTask["isIn"] = (state) => isRecorded(state, recorded, order);
      return { version, name, path, digest, statements, isIn: program?.sqlCommand == null ? isIn : null };
    }),
  };
}
