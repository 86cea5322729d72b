import { defaultPolicy } from "../config/config.ts";
import { Refusal, UserError } from "../errors.ts";
import type { Attempt } from "../plan/attempt.ts";
import { type BackPlan, backPlanOf } from "../plan/back.ts";
import { type Losable, type Loss, losableIn } from "../plan/losses.ts";
import { planAllowances } from "../plan/problems.ts";
import { list } from "../text.ts";
import { choose, type HowFar, isApplied, refuseOthers } from "./back-choice.ts";
import { askedOf, judgeCommandBack, untoldLoss } from "./back-command.ts";
import { judgeBack } from "./judge-back.ts";
import { versionOf } from "./plan.ts";
import type { Settings } from "./settings.ts";
import { type SurveyPorts, type SurveyRequest, surveyOf } from "./survey.ts";

export interface BackRequest extends Pick<SurveyRequest, "directories" | "layout"> {
  readonly howFar: HowFar;
}

export interface BackPorts extends SurveyPorts {
  /** How much there is of what would be lost. */
  losses(losable: readonly Losable[]): Promise<readonly Loss[]>;
  /** Of the journal, the oldest first. */
  readonly attempts: readonly Attempt[];
}

/** What going back would do now. Throws Refusal where there is no way back, and UserError where the request is wrong. */
export async function backPlan(request: BackRequest, settings: Settings, ports: BackPorts): Promise<BackPlan> {
  const { database, workspace } = ports;
  const { directories, layout, howFar } = request;
  const { survey, found } = await surveyOf(
    { directories, layout, targetVersion: null, allowed: new Set(planAllowances), onlyApplied: true },
    settings,
    ports,
  );
  const [directory, ...more] = survey.directories;
  if (directory === undefined || more.length > 0) {
    throw new UserError("target-ambiguous", "Going back is about one directory, and there are several.", {
      details: [`Found: ${list(survey.directories.map((each) => each.directory))}.`],
      hint: "name the directory.",
    });
  }
  const problem = survey.problems.find(({ code }) => always.has(code));
  if (problem !== undefined) throw new Refusal(problem.code, problem.message, { hint: problem.hint });
  const config = { ...settings.config, postgres: versionOf(survey.server) };
  const { policy } = config;
  const failOn = policy.failOn === "never" ? defaultPolicy.failOn : policy.failOn;
  const judging = { workspace, config: { ...config, policy: { ...policy, failOn } } };
  const { attempts } = ports;
  const asked = askedOf(directory, howFar);
  const base = {
    ...{ environment: settings.environment.name, server: await database.identity() },
    ...{ directory, asked },
  };
  const isPrinted = directory.program !== null && directory.program.sqlCommand !== null;
  const applied = directory.entries.filter(isApplied);
  const chosen = isPrinted ? [] : choose(applied, directory, { howFar, attempts });
  if (!isPrinted) refuseOthers(chosen, directory);
  if (asked !== null && (isPrinted || chosen.some(({ migration }) => migration?.down == null))) {
    const back = await judgeCommandBack({ directory, asked, chosen }, { ...judging, database });
    const losses = back.losable === null ? [untoldLoss(back)] : await ports.losses(back.losable);
    return backPlanOf({ ...base, ...back.way, migrations: back.migrations, losses }, policy);
  }
  const discovered = found.get(directory.directory);
  if (discovered === undefined) throw new TypeError("A directory was surveyed that was not found.");
  const migrations = await judgeBack({ chosen, applied }, discovered, { ...judging, database });
  const scripts = migrations.map(({ script: { file } }) => ({ path: file.path, statements: file.statements }));
  const to = applied[applied.length - chosen.length - 1] ?? null;
  return backPlanOf(
    {
      ...base,
      migrations,
      from: applied.at(-1)?.version ?? null,
      to: to?.version ?? null,
      losses: await ports.losses(losableIn(scripts)),
    },
    policy,
  );
}

/** Problems that speak against going back as they do against going on. */
const always: ReadonlySet<string> = new Set(["no-ledger", "unfinished-migration", "unreadable-file"]);
