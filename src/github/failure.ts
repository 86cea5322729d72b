import { UserError } from "../errors.ts";
import type { Report, ReportVerdict } from "../report/report.ts";
import { classWords, policyWords, strictest } from "../report/words.ts";
import { inputDefaults } from "./inputs.ts";

/** The lines of the message with which the step fails; null where the gate is open. */
export function closedGate({ risk, verdict, migrations }: Report): readonly string[] | null {
  const because = reasonLines(verdict);
  switch (verdict.outcome) {
    case "pass":
      return null;
    case "blocked":
      return [`Migrations are blocked (${risk}): no approval opens the gate.`, ...because];
    case "needs-approval": {
      const asking = migrations.filter((migration) => migration.verdict === "needs-approval");
      const asked = policyWords(strictest(asking.map(({ policy }) => policy)));
      return [`Migrations need approval (${risk}).`, ...because, `The policy asks: ${asked}.`];
    }
  }
}

const mostReasons = 5;

function reasonLines({ outcome, because }: ReportVerdict): readonly string[] {
  const lines = because.slice(0, mostReasons).map((reason) => {
    const what = reason.kind === "finding" ? reason.rule : classWords[reason.class];
    // What blocks does so at any risk.
    return `  ${what} at ${reason.path}:${reason.line}${outcome === "blocked" ? "" : ` (${reason.risk})`}`;
  });
  return because.length > mostReasons ? [...lines, `  and ${because.length - mostReasons} more`] : lines;
}

/** What has gone wrong, as the lines of a message. */
export function complaint(thrown: unknown): readonly string[] {
  if (thrown instanceof UserError) {
    const hint = thrown.hint === null ? [] : [`  What to do: ${thrown.hint}`];
    return [thrown.message, ...thrown.details.map((detail) => `  ${detail}`), ...hint, `  Code: ${thrown.code}`];
  }
  const trace = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return [...trace.split("\n"), "This is a bug in Lockkeeper, not in your migrations. Please report it."];
}

/** An error of the check in the words of whoever writes a workflow: inputs instead of the options of a command line. */
export function inWordsOfInputs(thrown: unknown, paths: readonly string[]): unknown {
  if (!(thrown instanceof UserError)) return thrown;
  const hint = thrown.hint
    ?.replace(/\(lockkeeper check ([^)]*)\)/, "(path: $1)")
    .replace(/(?<=^| )--([a-z-]+)/g, (option, name) =>
      Object.hasOwn(inputDefaults, name) ? `the input ${name}` : option,
    );
  const several = thrown.code === "path-missing" && paths.some((path) => /[\s,]/.test(path));
  return new UserError(thrown.code, thrown.message, {
    details: several ? [...thrown.details, "The input path takes one path a line."] : thrown.details,
    ...(hint === undefined ? {} : { hint }),
  });
}
