import type { Attempt } from "../plan/attempt.ts";
import type { BackPlan } from "../plan/back.ts";
import type { LossGuard } from "../plan/losses.ts";
import type { Part, Step } from "../plan/parts.ts";
import type { Script } from "../plan/script.ts";
import { scriptOf } from "../plan/scripts.ts";
import type { Job } from "../plan/target.ts";
import { backCommandJobOf } from "./command-jobs.ts";
import { type JobSources, type Jobs, pathInside, refuse } from "./jobs.ts";

/** The down scripts as jobs, the newest first; refused where one cannot be sent, or is not what was begun. */
export function backJobsOf(plan: BackPlan, attempts: readonly Attempt[], { read, ledgerOf }: JobSources): Jobs {
  const { directory } = plan;
  const command = backCommandJobOf(plan, ledgerOf(directory));
  if (command !== null) return { kind: "jobs", jobs: [command] };
  const jobs: Job[] = [];
  for (const { migration, digest, script: judged, below } of plan.migrations) {
    const { up, version } = migration;
    if (up === null) continue;
    const prepared = scriptOf(judged.file, digest);
    if (prepared.kind === "refused") {
      const place = prepared.at === null ? prepared.path : `${prepared.path}:${prepared.at.line}`;
      return refuse("cannot-apply", `${place} cannot be applied: ${prepared.why}`, null);
    }
    const { script } = prepared;
    const attempt = attempts.find((each) => each.ledger === directory.ledger.table && each.version === version);
    if (attempt !== undefined && script.doneDigest(attempt.statement) !== attempt.doneDigest) {
      return refuse(
        "begun-migration-changed",
        `The first ${attempt.statement} statements of ${script.path} have been applied, and the file now has others there.`,
        "put those statements back as they were and change only what comes after them, or decide with lockkeeper resolve.",
      );
    }
    const guards = plan.losses.flatMap(({ path, line, guard }) => {
      return path === script.path && guard !== null ? [{ line, ...guard }] : [];
    });
    jobs.push({
      script: guards.length === 0 ? script : guarded(script, guards),
      ledger: ledgerOf(directory),
      file: { path: pathInside(up, directory.directory), bytes: read(up) },
      below,
      planDigest: plan.digest,
      resume: attempt ?? null,
    });
  }
  return { kind: "jobs", jobs };
}

type Guard = LossGuard & { readonly line: number };

/** The script that looks once more whether there is nothing to lose, before its first statement and under a lock that lets nobody write. */
function guarded(script: Script, guards: readonly Guard[]): Script {
  return {
    ...script,
    parts: script.parts.map((part): Part => {
      if (part.kind !== "transaction") return part;
      const [first] = part.steps;
      const wanted = guards.filter(({ line }) => part.steps.some(({ span }) => span.line === line));
      if (first === undefined || wanted.length === 0) return part;
      const step: Step = { ...first, sql: question(wanted), what: "look once more whether anything would be lost" };
      return { ...part, steps: [step, ...part.steps] };
    }),
  };
}

function question(guards: readonly Guard[]): string {
  const body = guards.map(({ table, exists }) => {
    const message = `rows were written to ${table} after they had been counted: nothing of this script was done`;
    return `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE; IF ${exists} THEN RAISE EXCEPTION USING ERRCODE = '55000', MESSAGE = ${literal(message)}; END IF;`;
  });
  return `DO ${literal(`BEGIN ${body.join(" ")} END`)}`;
}

function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
