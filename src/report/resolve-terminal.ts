import { optionOf, type Resolved, type Unfinished } from "../plan/resolution.ts";
import { noOrder, shown } from "./cells.ts";
import { reportOutcome } from "./deploy-report.ts";
import { outcomeWords, saidOfFailure } from "./deploy-terminal.ts";

/** What is there of migrations that were begun and not finished, and what can be done. Ends with a line end. */
export function renderResolveTerminal({ unfinished, decided }: Resolved): string {
  const lines: string[] = [];
  if (decided === null) {
    if (unfinished.length === 0) lines.push("Nothing to resolve: no migration was begun and not finished.");
    for (const each of unfinished) lines.push(...unfinishedLines(each), "");
  } else {
    const { version, resolution, outcome } = decided;
    if (outcome !== null) {
      const report = reportOutcome(outcome);
      lines.push(outcomeWords(report), ...saidOfFailure(report));
    }
    const failed = outcome !== null && outcome.status !== "applied";
    lines.push(
      failed
        ? `Version ${version} is not resolved.`
        : `Version ${version}: ${optionOf(resolution)}, as you decided. lockkeeper migrate goes on from here.`,
    );
  }
  return `${lines
    .map((line) => noOrder(shown(line)))
    .join("\n")
    .trimEnd()}\n`;
}

const journalWords = { done: "done", "in-doubt": "may have run", next: "next", "not-reached": "not reached" } as const;
const catalogWords = {
  there: "is there",
  "not-there": "is not there",
  broken: "INVALID",
  untold: "does not show",
} as const;

function unfinishedLines({ version, path, error, statements, offers }: Unfinished): readonly string[] {
  const begun = error === null ? "was begun, and its runner or another tool did not finish it." : `stopped: ${error}`;
  return [
    `${path} ${begun}`,
    "   line  journal       catalog        statement",
    ...statements.map(({ span, sql, journal, catalog }) => {
      const said = journal === null ? "no word" : journalWords[journal];
      return `  ${String(span.line).padStart(5)}  ${said.padEnd(12)}  ${catalogWords[catalog].padEnd(13)}  ${sql}`;
    }),
    ...(offers.length === 0
      ? ["  Nothing can be offered: put the database right by hand, and look again."]
      : [
          "  What fits:",
          ...offers.map(
            (offer) =>
              `    lockkeeper resolve --target-version ${version} ${optionOf(offer)}`.padEnd(64) + meaning(offer),
          ),
        ]),
  ];
}

function meaning(offer: Unfinished["offers"][number]): string {
  switch (offer.kind) {
    case "applied":
      return "  all of it is there: record it as applied";
    case "not-applied":
      return "  nothing of it is there: record it as not applied";
    case "resume":
      return `  the statements before ${offer.at} are there: migrate goes on with it`;
    case "roll-back":
      return "  run its down script";
  }
}
