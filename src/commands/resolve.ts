import { jobsOf, sameVersion } from "../deploy/jobs.ts";
import { overlooking, resumable } from "../deploy/resume.ts";
import { Refusal, UserError } from "../errors.ts";
import type { FileFacts } from "../facts/file.ts";
import type { Attempt } from "../plan/attempt.ts";
import { isCommand } from "../plan/command.ts";
import type { StatementEvidence } from "../plan/evidence.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { Plan, PlannedMigration } from "../plan/plan.ts";
import { optionOf, type Resolution, type Resolved, type Unfinished } from "../plan/resolution.ts";
import { scriptOf } from "../plan/scripts.ts";
import type { Job, Target } from "../plan/target.ts";
import type { Workspace } from "../ports.ts";
import { sourcesOf } from "./migrate.ts";
import { plan } from "./plan.ts";
import type { Settings } from "./settings.ts";
import type { SurveyRequest } from "./survey.ts";

export interface ResolveRequest extends SurveyRequest {
  readonly version: string | null;
  readonly resolution: Resolution | null;
}

/** Shows what of a migration is in the database, and takes a person's decision about it. Throws UserError. */
export async function resolve(
  request: ResolveRequest,
  settings: Settings,
  { workspace, target }: { readonly workspace: Workspace; readonly target: Target },
): Promise<Resolved> {
  const sources = sourcesOf(settings, workspace);
  const attempts = resumable(await target.attempts());
  const dirty: Dirty[] = [];
  const database = withDirty(overlooking(attempts, target.database), dirty);
  const made = await plan({ ...request, targetVersion: null, withoutPrograms: true }, settings, {
    workspace,
    database,
  });
  const jobs = jobsOf(
    { ...made, migrations: made.migrations.filter((each) => isOpen(each, attempts, dirty)) },
    attempts,
    {
      ...sources,
      lenient: true,
    },
  );
  if (jobs.kind === "refused")
    throw new Refusal(jobs.refusal.code, jobs.refusal.message, { hint: jobs.refusal.hint ?? "" });
  const unfinished: Unfinished[] = [];
  const scripts = jobs.jobs.flatMap((job) => (isCommand(job) ? [] : [job]));
  for (const job of scripts) {
    const planned = plannedOf(job, made);
    unfinished.push(await describe(job, planned, target));
  }
  if (request.version === null || request.resolution === null) return { unfinished, decided: null };
  const { version, resolution } = request;
  const job = scripts.find(({ script }) => sameVersion(script.version, version));
  const known = unfinished.find((each) => sameVersion(each.version, version));
  if (job === undefined || known === undefined) throw notUnfinished(version, unfinished);
  if (!known.offers.some((offer) => fits(offer, resolution, known))) throw notOffered(known, resolution);
  const outcome = await decide(job, plannedOf(job, made), resolution, target);
  return { unfinished, decided: { version: known.version, resolution, outcome } };
}

interface Dirty {
  readonly table: string;
  readonly version: string;
}

/** A version that the tool itself has begun is looked at as one of ours. */
function withDirty(database: Target["database"], dirty: Dirty[]): Target["database"] {
  return {
    ...database,
    async ledger(choice) {
      const reading = await database.ledger(choice);
      const { state } = reading;
      if (state.dirty === null) return reading;
      const version = state.dirty;
      dirty.push({ table: reading.table, version });
      const below = /^\d+$/.test(version) && BigInt(version) > 1n ? (BigInt(version) - 1n).toString() : null;
      return {
        ...reading,
        state: {
          ...state,
          dirty: null,
          applied: state.applied.filter((each) => !sameVersion(each.version, version)),
          upTo: state.upTo === version ? below : state.upTo,
        },
      };
    },
  };
}

function isOpen({ migration }: PlannedMigration, attempts: readonly Attempt[], dirty: readonly Dirty[]): boolean {
  return [...attempts, ...dirty].some(({ version }) => sameVersion(version, migration.version));
}

function plannedOf({ script }: Job, made: Plan): PlannedMigration {
  const planned = made.migrations.find(({ migration }) => migration.up === script.path);
  if (planned === undefined) throw new TypeError(`${script.path} is in no plan.`);
  return planned;
}

async function describe(job: Job, planned: PlannedMigration, target: Target): Promise<Unfinished> {
  const { script, resume } = job;
  const { statements } = planned.script.file;
  const catalog = await target.evidence(statements);
  const seen = statements.map(({ statement }, i): StatementEvidence => {
    const journal = resume === null ? null : journalOf(i + 1, resume);
    const sql = statement.sql.split("\n", 1)[0]?.slice(0, 120) ?? "";
    return { number: i + 1, span: statement.span, sql, journal, catalog: catalog[i] ?? "untold" };
  });
  return {
    version: script.version,
    path: script.path,
    error: resume?.error ?? null,
    statements: seen,
    offers: offersOf(seen, resume, planned.down?.file ?? null),
  };
}

function journalOf(number: number, { statement, inDoubt }: Attempt): StatementEvidence["journal"] {
  if (number <= statement) return "done";
  if (number > statement + 1) return "not-reached";
  return inDoubt ? "in-doubt" : "next";
}

/** What fits what is known: nothing is offered that the catalog speaks against. */
function offersOf(
  seen: readonly StatementEvidence[],
  resume: Attempt | null,
  down: FileFacts | null,
): readonly Resolution[] {
  const offers: Resolution[] = [];
  const told = seen.filter(({ catalog }) => catalog !== "untold");
  const allThere = told.every(({ catalog }) => catalog === "there");
  const noneThere = told.every(({ catalog }) => catalog === "not-there");
  if (resume !== null) {
    // What the catalog shows outweighs the journal: a person may have finished the statement by hand.
    const next = seen[resume.statement]?.catalog ?? "untold";
    if (next !== "there") offers.push({ kind: "resume", at: resume.statement + 1 });
    if (next === "there" || (resume.inDoubt && next === "untold"))
      offers.push({ kind: "resume", at: resume.statement + 2 });
  }
  if (allThere) offers.push({ kind: "applied" });
  if (noneThere && (resume === null || resume.statement === 0 || told.length > 0)) offers.push({ kind: "not-applied" });
  if (down !== null) offers.push({ kind: "roll-back" });
  return offers;
}

function fits(offer: Resolution, wanted: Resolution, { statements }: Unfinished): boolean {
  if (offer.kind !== wanted.kind) return false;
  if (offer.kind !== "resume" || wanted.kind !== "resume") return true;
  return wanted.at === offer.at && wanted.at <= statements.length + 1;
}

async function decide(
  job: Job,
  planned: PlannedMigration,
  resolution: Resolution,
  target: Target,
): Promise<Outcome | null> {
  switch (resolution.kind) {
    case "applied":
    case "not-applied":
      await target.decide(job, resolution);
      return null;
    case "resume":
      await target.decide(job, { kind: "resume", done: resolution.at - 1 });
      return null;
    case "roll-back": {
      const down = planned.down === null ? null : scriptOf(planned.down.file, planned.digest ?? "");
      if (down?.kind !== "script")
        throw new Refusal("no-way-back", `${job.script.path} has no down script that can be applied.`);
      const outcome = await target.apply({ ...job, script: down.script, resume: null });
      if (outcome.status === "applied" && job.resume !== null) await target.settle(job.resume, "rolled back");
      return outcome;
    }
  }
}

function notUnfinished(version: string, unfinished: readonly Unfinished[]): UserError {
  return new UserError("nothing-to-resolve", `Version ${version} is not one that was begun and not finished.`, {
    details:
      unfinished.length === 0
        ? ["There is none."]
        : [`There is: ${unfinished.map((each) => each.version).join(", ")}.`],
    hint: "lockkeeper status shows where each version stands.",
  });
}

function notOffered({ version, offers }: Unfinished, wanted: Resolution): Refusal {
  return new Refusal(
    "resolution-unfit",
    `${optionOf(wanted)} does not fit what is in the database of version ${version}.`,
    {
      details: [offers.length === 0 ? "Nothing does." : `What fits: ${offers.map(optionOf).join(", ")}.`],
      hint: "lockkeeper resolve shows what the catalog says; put the database right by hand where that is wrong, and look again.",
    },
  );
}
