import { count } from "../text.ts";
import { noOrder, shown } from "./cells.ts";
import { coloured, type Paint, plain } from "./paint.ts";
import type { Verification, VerifyCheck, VerifyProblem } from "./verification.ts";
import { verifyChecks } from "./verification.ts";

/** What was verified, as text for people. Ends with a line end. */
export function renderVerifyTerminal(of: Verification, { color }: { readonly color: boolean }): string {
  const paint = color ? coloured : plain;
  const problems = [
    ...of.errors.flatMap((problem) => problemLines("error", problem, paint)),
    ...of.warnings.flatMap((problem) => problemLines("warning", problem, paint)),
  ];
  const lines = [
    ...problems,
    ...(problems.length === 0 ? [] : [""]),
    of.valid ? paint("good", `${verdictWords(of)}.`) : paint("blocked", `${verdictWords(of)}.`),
    `Verified: ${lookedWords(of)}.`,
  ];
  return `${lines.map(noOrder).join("\n")}\n`;
}

/** "Valid, 1 warning", "Not valid: 2 errors". */
export function verdictWords({ valid, summary }: Verification): string {
  const warnings = summary.warnings === 0 ? "" : `, ${count(summary.warnings, "warning")}`;
  return valid ? `Valid${warnings}` : `Not valid: ${count(summary.errors, "error")}${warnings}`;
}

const words: Readonly<Record<VerifyCheck, readonly [one: string, more: string]>> = {
  ledger: ["ledger", "ledgers"],
  indexes: ["index", "indexes"],
  constraints: ["constraint that is not valid", "constraints that are not valid"],
  sequences: ["sequence", "sequences"],
  tables: ["named table", "named tables"],
  rows: ["table's rows", "tables' rows"],
  queries: ["query", "queries"],
  performance: ["measured query", "measured queries"],
  commands: ["command", "commands"],
  health: ["address", "addresses"],
};

/** What was looked at, by kind; never only a number that could be of anything. */
export function lookedWords({ checks, summary }: Verification): string {
  if (summary.looked === 0) return "nothing: there was nothing to look at";
  return verifyChecks
    .filter((check) => checks[check] > 0)
    .map((check) => count(checks[check], words[check][0], words[check][1]))
    .join(", ");
}

/** Where a problem is: "public.orders (user_id)"; empty where it is about no table. */
export function placeWords({ table, field }: VerifyProblem): string {
  if (table === null) return field === null ? "" : `(${field})`;
  return field === null ? table : `${table} (${field})`;
}

function problemLines(kind: "error" | "warning", problem: VerifyProblem, paint: Paint): readonly string[] {
  const { message, hint, rows } = problem;
  const place = placeWords(problem);
  const head = paint(kind === "error" ? "blocked" : "medium", kind);
  return [
    `${head}  ${place === "" ? "" : `${shown(place)}: `}${shown(message)}`,
    ...rows.map((row) => `  │ ${shown(row)}`),
    ...(hint === null ? [] : [`  What to do: ${shown(hint)}`]),
  ];
}
