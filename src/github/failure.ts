import { Refusal, UserError } from "../errors.ts";
import type { Report, ReportVerdict } from "../report/report.ts";
import { classWords, policyWords, strictest } from "../report/words.ts";
import { commands, inputDefaults } from "./input-names.ts";

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

/** An error in the words of whoever writes a workflow: inputs instead of the options of a command line. */
export function inWordsOfInputs(thrown: unknown, paths: readonly string[]): unknown {
  if (!(thrown instanceof UserError)) return thrown;
  const { code, hint } = thrown;
  const several = code === "path-missing" && paths.some((path) => /[\s,]/.test(path));
  const details = thrown.details.map(wordsOfInputs);
  const more = {
    details: several ? [...details, "The input path takes one path a line."] : details,
    ...(hint === null ? {} : { hint: wordsOfInputs(hint) }),
  };
  const message = wordsOfInputs(thrown.message);
  return thrown instanceof Refusal ? new Refusal(code, message, more) : new UserError(code, message, more);
}

/** A sentence that names options of the command line, with the inputs of these names. */
export function wordsOfInputs(text: string): string {
  return text
    .replace(/\(lockkeeper check ([^)]*)\)/, "(path: $1)")
    .replace(/\blockkeeper ([a-z]+)(?= --|\b)/g, (said, name) =>
      commands.includes(name) ? `the command ${name}` : said,
    )
    .replace(
      /(?<=^| )--([a-z-]+)( (?:[A-Z]+\b|[0-9a-f]{16,}|\d+\w*|(?:not-)?applied\b|[\w.-]+(?=\?)))?/g,
      (option, name, value) => {
        if (!Object.hasOwn(inputDefaults, name)) return option;
        return value === undefined ? `the input ${name}` : `${name}:${value}`;
      },
    );
}
