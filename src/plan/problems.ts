import { layoutOf } from "../migrations/layouts/index.ts";
import type { Migration } from "../migrations/migration.ts";
import type { HistoryEntry } from "../migrations/standing.ts";
import { list, nearest } from "../text.ts";
import type { SurveyedDirectory } from "./directory.ts";

/** Something between files and ledger that a deploy does not go over. */
export interface PlanProblem {
  readonly code:
    | "no-ledger"
    | "ledger-read-only"
    | "unfinished-migration"
    | "edited-migration"
    | "missing-migration"
    | "out-of-order-migration"
    | "unrecorded-migration"
    | "shared-version"
    | "unreadable-file";
  readonly directory: string;
  /** Null where it is about the whole directory. */
  readonly version: string | null;
  readonly message: string;
  readonly hint: string;
  /** The option that goes over it; null where none does. */
  readonly allow: Allowance | null;
  /** Whether that option was given. */
  readonly allowed: boolean;
}

/** The options of `plan` and `migrate` that go over a problem. */
export const planAllowances = ["allow-out-of-order", "allow-missing"] as const;
export type Allowance = (typeof planAllowances)[number];

export interface ProblemContext {
  readonly isEmpty: boolean;
  readonly allowed: ReadonlySet<Allowance>;
}

/** What speaks against deploying a directory, in the order of the versions. */
export function problemsOf(surveyed: SurveyedDirectory, { isEmpty, allowed }: ProblemContext): readonly PlanProblem[] {
  const { directory, ledger, entries, program } = surveyed;
  const problems: PlanProblem[] = [];
  const add = (
    problem: Pick<PlanProblem, "code" | "message" | "hint"> & { readonly version?: string; readonly allow?: Allowance },
  ): void => {
    const { code, message, hint, version = null, allow = null } = problem;
    problems.push({ code, directory, version, message, hint, allow, allowed: allow !== null && allowed.has(allow) });
  };
  if (!ledger.state.exists && !isEmpty) {
    const elsewhere =
      ledger.elsewhere.length === 0
        ? ""
        : ` There is one like it in ${list(ledger.elsewhere)}, which the config does not name.`;
    add({
      code: "no-ledger",
      message: `The database is not empty, and has no ledger ${ledger.table}: what of ${directory} it holds is not known.${elsewhere}`,
      hint:
        ledger.elsewhere.length === 0
          ? `find out up to which migration the database is, then ${adopting(program)}.`
          : `say which it is in the config: ledger: { table: ${ledger.elsewhere[0]} }.`,
    });
  }
  if (program === null && !ledger.writable && entries.some(isPending)) {
    add({
      code: "ledger-read-only",
      message: `${ledger.table} is a ledger that Lockkeeper reads and does not write: the tool would not know what Lockkeeper has applied.`,
      hint: "apply with the tool itself, or name its command in the config (apply-command), or write applied-by: lockkeeper for this directory; Lockkeeper then keeps a ledger of its own beside it.",
    });
  }
  const unfinished = entries.filter(({ standing }) => standing === "unfinished");
  const { dirty } = ledger.state;
  if (dirty !== null && unfinished.length === 0) {
    add({
      code: "unfinished-migration",
      version: dirty,
      message: `The ledger says that version ${dirty} was begun and not finished, and there is no file for it.`,
      hint:
        program === null
          ? "bring the file back, then lockkeeper resolve shows what of it is in the database."
          : withTheTool,
    });
  }
  for (const entry of entries) problemOf(entry, surveyed, add);
  for (const [one, other] of sharingVersions(surveyed)) {
    add({
      code: "shared-version",
      version: other.version,
      message: `${one.up} and ${other.up} have one version: which of them ${ledger.table} means by ${other.version} cannot be told.`,
      hint: "give the one that is not applied a number of its own.",
    });
  }
  return problems;
}

/** How a database that has the migrations already is taken over. */
function adopting(program: SurveyedDirectory["program"]): string {
  return program === null
    ? "lockkeeper baseline --target-version VERSION"
    : "say so with the tool itself (alembic stamp, migrate --fake, prisma migrate resolve, …)";
}

const withTheTool =
  "look what of it is in the database, and put it right with the tool itself (prisma migrate resolve, …).";

/** Two migrations that their tool tells apart by their whole names, and the ledger here does not. */
function sharingVersions({ layout: id, entries }: SurveyedDirectory): readonly (readonly [Migration, Migration])[] {
  const layout = layoutOf(id);
  // Drizzle's are known by the times in its journal.
  if (!layout.knowsNames || layout.versionsAreNames || layout.journal !== null) return [];
  const seen = new Map<bigint | string, Migration>();
  return entries.flatMap(({ migration }): readonly (readonly [Migration, Migration])[] => {
    if (migration === null) return [];
    const place = layout.order(migration.version);
    const other = seen.get(place);
    if (other !== undefined) return [[other, migration]];
    seen.set(place, migration);
    return [];
  });
}

function isPending({ standing }: HistoryEntry): boolean {
  return standing === "pending" || standing === "out-of-order";
}

function problemOf(
  { standing, version, changed, migration, appliedAt }: HistoryEntry,
  { ledger, entries, program }: SurveyedDirectory,
  add: (
    problem: Pick<PlanProblem, "code" | "message" | "hint"> & { readonly version?: string; readonly allow?: Allowance },
  ) => void,
): void {
  const when = appliedAt === null ? "" : ` on ${appliedAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  switch (standing) {
    case "unfinished":
      add({
        code: "unfinished-migration",
        version,
        message: `Migration ${version} was begun and not finished: what of it is in the database has to be looked at.`,
        hint:
          program === null
            ? "lockkeeper resolve shows what the catalog says of each of its statements, and what can be done."
            : withTheTool,
      });
      return;
    case "edited":
      add({
        code: "edited-migration",
        version,
        message: `Migration ${migration?.up ?? version} is not what was applied${when}: its checksum was ${short(changed?.was)} and is ${short(changed?.is)}.`,
        hint: "restore the file as it was, and put the change into a new migration.",
      });
      return;
    case "missing": {
      const near = nearest(
        version,
        entries.filter(isPending).map((each) => each.version),
      );
      const renamed = near === null ? "" : ` Was it renamed to ${near}?`;
      add({
        code: "missing-migration",
        version,
        message: `Version ${version} is applied${when}, and there is no file for it.${renamed}`,
        hint: "deploy a commit that has it; --allow-missing goes on without it.",
        allow: "allow-missing",
      });
      return;
    }
    case "out-of-order":
      add({
        code: "out-of-order-migration",
        version,
        message: `Migration ${version} is pending, and a later one is applied already.`,
        hint: "give it a version after the newest that is applied; --allow-out-of-order applies it as it is.",
        allow: "allow-out-of-order",
      });
      return;
    case "unrecorded":
      add({
        code: "unrecorded-migration",
        version,
        message: `${ledger.table} counts ${version} as applied, because it has only the newest version; Lockkeeper applied those before and after it, and not this one.`,
        hint: "look whether what it makes is in the database, then say so with lockkeeper resolve.",
      });
      return;
    case "applied":
    case "pending":
      return;
  }
}

/** Enough of a checksum to tell two apart. */
function short(checksum: string | undefined): string {
  return checksum === undefined ? "another" : checksum.slice(0, 12);
}
