import type { DeployReport } from "../report/deploy-report.ts";
import {
  backupForms,
  deployForms,
  type Planned,
  planForms,
  resolveForms,
  rollbackForms,
  sentenceForms,
  verifyForms,
} from "../report/forms.ts";
import { baselineWords, forceWords } from "../report/ledger-words.ts";
import { worstOrigin } from "../report/origin.ts";
import type { RollbackReport } from "../report/rollback-report.ts";
import { failuresAt, findingsAt } from "./annotated.ts";
import {
  backupComplaint,
  type Complaint,
  deployComplaint,
  planComplaint,
  resolveComplaint,
  rollbackComplaint,
  verifyComplaint,
} from "./complaints.ts";
import { deployedElsewhere } from "./elsewhere.ts";
import {
  backupOutputs,
  deployOutputs,
  ended,
  lookOutputs,
  planOutputs,
  resolveOutputs,
  rollbackOutputs,
  verifyOutputs,
} from "./ended.ts";
import { lookForms } from "./look-forms.ts";
import { type Originated, originated, originatedForms } from "./originated.ts";
import { type Step, tell } from "./step.ts";

/** Runs the command of this step, and tells what came of it. Only what it needs is loaded. */
export async function runCommand(step: Step): Promise<Complaint> {
  const { command, paths, migrate } = step.inputs;
  const { say } = step.group;
  const options = optionsOf(step);
  switch (command) {
    case "plan": {
      const { doPlan } = await import("../wiring/plan.ts");
      return tellOriginated(await originated(await doPlan(paths, options), step), step);
    }
    case "status": {
      const { doStatus } = await import("../wiring/plan.ts");
      return tellPlan(await doStatus(paths, options), step);
    }
    case "migrate": {
      if (migrate === "skip") return lookOnly(step);
      const { doMigrate } = await import("../wiring/migrate.ts");
      return shown<DeployReport>(
        (show) => doMigrate(paths, options, { say, show, deployedIn: deployedElsewhere(step) }),
        (report) => {
          const [outputs, failure] = [deployOutputs(report), deployComplaint(report)];
          return tell(report, step, { forms: deployForms, outputs, failure, annotations: failuresAt(report, step) });
        },
      );
    }
    case "rollback": {
      const { doRollback } = await import("../wiring/rollback.ts");
      return shown<RollbackReport>(
        (show) => doRollback(paths, options, { say, show }),
        (report) => {
          const [outputs, failure] = [rollbackOutputs(report), rollbackComplaint(report)];
          return tell(report, step, { forms: rollbackForms, outputs, failure, annotations: failuresAt(report, step) });
        },
      );
    }
    case "verify": {
      const { doVerify } = await import("../wiring/verify.ts");
      const report = await doVerify(paths, options, say);
      const [outputs, failure] = [verifyOutputs(report), verifyComplaint(report)];
      return tell(report, step, { forms: verifyForms, outputs, failure });
    }
    case "backup":
    case "backup list":
    case "backup verify":
      return runBackup(step);
    case "resolve": {
      const { doResolve } = await import("../wiring/resolve.ts");
      const { resolved, exitStatus } = await doResolve(paths, options, say);
      const [outputs, failure] = [resolveOutputs(resolved, exitStatus), resolveComplaint(resolved, exitStatus)];
      return tell(resolved, step, { forms: resolveForms, outputs, failure });
    }
    case "baseline": {
      const { doBaseline } = await import("../wiring/baseline.ts");
      const recorded = await doBaseline(paths, options);
      const outputs = { result: "done", "current-version": recorded.versions.at(-1) ?? "", ...ended(true) } as const;
      return tell(recorded, step, { forms: sentenceForms(command, baselineWords), outputs, failure: null });
    }
    case "force": {
      const { doForce } = await import("../wiring/resolve.ts");
      const forced = await doForce(paths, options, say);
      const outputs = { result: "done", "current-version": forced.version, ...ended(true) } as const;
      return tell(forced, step, { forms: sentenceForms(command, forceWords), outputs, failure: null });
    }
  }
}

function optionsOf({ inputs: { options, config, layout } }: Step) {
  return { ...options, config: config ?? undefined, layout: layout ?? undefined };
}

/** A command that shows its report before people are told of it: what its step fails with. */
async function shown<R>(
  run: (show: (report: R) => Promise<void>) => Promise<R>,
  told: (report: R) => Promise<Complaint>,
): Promise<Complaint> {
  let complaint: Complaint = null;
  await run(async (report) => {
    complaint = await told(report);
  });
  return complaint;
}

function tellPlan(planned: Planned, step: Step): Promise<Complaint> {
  const [outputs, failure] = [planOutputs(planned), planComplaint(planned)];
  return tell(planned, step, { forms: planForms, outputs, failure, annotations: findingsAt(planned, step) });
}

function tellOriginated(planned: Originated, step: Step): Promise<Complaint> {
  const { origins } = planned;
  const outputs = { ...planOutputs(planned), ...(origins === null ? {} : { origins: worstOrigin(origins) }) };
  const failure = planComplaint(planned);
  return tell(planned, step, { forms: originatedForms, outputs, failure, annotations: findingsAt(planned, step) });
}

/** `migrate: skip`: what is pending, and whether the database and its service are well. */
async function lookOnly(step: Step): Promise<Complaint> {
  const { paths } = step.inputs;
  const options = optionsOf(step);
  const [{ doPlan }, { doVerify }] = await Promise.all([import("../wiring/plan.ts"), import("../wiring/verify.ts")]);
  const planned = await doPlan(paths, options);
  // What is pending is no fault here, also up to a version.
  const verification = await doVerify(paths, { ...options, "target-version": undefined }, step.group.say);
  const looked = { planned, verification };
  const failure = planComplaint(planned) ?? verifyComplaint(verification);
  return tell(looked, step, { forms: lookForms, outputs: lookOutputs(looked), failure });
}

async function runBackup(step: Step): Promise<Complaint> {
  const { command, options: written } = step.inputs;
  const { doBackup } = await import("../wiring/backup.ts");
  const [, ...words] = command.split(" ");
  const id = command === "backup verify" ? [written["backup-id"] ?? ""] : [];
  const report = await doBackup([...words, ...id], optionsOf(step), step.group.say);
  const [outputs, failure] = [backupOutputs(report), backupComplaint(report)];
  return tell(report, step, { forms: backupForms, outputs, failure });
}
