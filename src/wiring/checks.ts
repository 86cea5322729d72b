import type { Checks } from "../deploy/checks.ts";
import { touchedBy } from "../plan/touched.ts";
import {
  type Looked,
  type Verification,
  type VerifyCheck,
  type VerifyProblem,
  verificationOf,
  verifyChecks,
} from "../report/verification.ts";
import { placeWords } from "../report/verify-terminal.ts";
import type { Verified } from "../verify/verify.ts";
import { toTheEnd, type VerifyOn, verifyOn } from "./verify.ts";

/** The checks around a deploy, and what they found last. */
export interface DeployChecks extends Checks {
  /** Null as long as nobody has looked after something was done. */
  last(): Verification | null;
}

/** What the deploy itself looks at, on its own connection: the ledgers as planned, and indexes. */
const ofDeploy: readonly VerifyCheck[] = ["ledger", "indexes"];
/** What says nothing before: rows are compared, and commands try what the migrations are to bring. */
const onlyAfter: readonly VerifyCheck[] = ["rows", "commands"];

const nothing: Looked = { check: "ledger", looked: 0, errors: [], warnings: [] };

/** Looks at the database before and after. What was wrong before is a warning afterwards. */
export function checksOf(
  on: Pick<VerifyOn, "settings" | "workspace" | "address" | "url" | "signal">,
  { health }: { readonly health: boolean } = { health: true },
): DeployChecks {
  let before: Verified | null = null;
  let last: Verification | null = null;
  const unasked: readonly VerifyCheck[] = health ? [] : ["health"];
  const look = (without: readonly VerifyCheck[], more: Pick<VerifyOn, "before" | "touched" | "picture">) => {
    const checks = new Set(verifyChecks.filter((check) => ![...without, ...unasked].includes(check)));
    return toTheEnd(on, (session) => {
      return verifyOn(session, { ...on, ...more, checks, ledger: nothing, deploying: true });
    });
  };
  return {
    async before() {
      before = await look([...ofDeploy, ...onlyAfter], { before: null, touched: () => false, picture: true });
    },
    async after({ statements, ledgers }) {
      const byScripts = touchedBy(statements);
      const touched = (table: string): boolean => ledgers.includes(table) || byScripts(table);
      const { verification } = await look(ofDeploy, { before: before?.picture ?? null, touched, picture: false });
      last = since(before?.verification ?? null, verification);
      const wasIll = before?.verification.errors.some(isHealth) ?? false;
      return {
        amiss: last.errors.map(inWords),
        warnings: newIn(last.warnings, before?.verification.warnings ?? []).map(inWords),
        onlyHealth: !wasIll && last.errors.length > 0 && last.errors.every(isHealth),
      };
    },
    last: () => last,
  };
}

/** What was found, with what was found before already as a warning. An application that does not answer is wrong in any case. */
function since(before: Verification | null, { errors, warnings, checks }: Verification): Verification {
  const fresh = newIn(errors, before?.errors ?? []);
  const all = [...fresh, ...errors.filter((each) => isHealth(each) && !fresh.includes(each))];
  const old = errors.filter((each) => !all.includes(each));
  const told = old.map((each) => ({ ...each, message: `As before: ${each.message}` }));
  return verificationOf(
    verifyChecks.map((check) => {
      const of = ({ check: its }: VerifyProblem): boolean => its === check;
      return { check, looked: checks[check], errors: all.filter(of), warnings: [...warnings, ...told].filter(of) };
    }),
  );
}

function newIn(problems: readonly VerifyProblem[], before: readonly VerifyProblem[]): readonly VerifyProblem[] {
  const known = new Set(before.map(keyOf));
  return problems.filter((each) => !known.has(keyOf(each)));
}

function keyOf({ check, table, field, message }: VerifyProblem): string {
  return JSON.stringify([check, table, field, message]);
}

function isHealth({ check }: VerifyProblem): boolean {
  return check === "health";
}

function inWords(problem: VerifyProblem): string {
  const place = placeWords(problem);
  const { message, hint } = problem;
  return `${place === "" ? "" : `${place}: `}${message}${hint === null ? "" : ` What to do: ${hint}`}`;
}
