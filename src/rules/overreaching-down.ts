import type { FileFacts } from "../facts/file.ts";
import type { Thing } from "../facts/made.ts";
import { named, undoneBy } from "../facts/undone.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "overreaching-down",
  meta: {
    title: "Drop in the down script only what the up script made",
    hazard: "data-loss",
    risk: "medium",
    why: "Rolling back one migration is expected to bring back what was there before it. A down script that drops something older takes it, with its rows, from the version to which it leads.",
    fix: "Take it out of the down script. Where the up script makes it under another name, or in code that cannot be read here, say so in an allowance.",
    links: ["https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md"],
  },
  scripts: "both",
  *check(file) {
    for (const each of undoneBy(file)?.more ?? []) {
      yield {
        at: each.at.span,
        certainty: each.unsure || mayBeChosenName(each, file.up) ? "possible" : "certain",
        message: `This drops the ${named(each)}, which the up script does not make.`,
      };
    }
  },
});

/** Constraints that stand behind a new column have names of PostgreSQL's choice. */
function mayBeChosenName({ what }: Thing, up: FileFacts | null): boolean {
  if (what !== "constraint" || up === null) return false;
  return up.statements.some(({ actions }) =>
    actions.some((each) => each.kind === "add-column" && each.constraints.length > 0),
  );
}
