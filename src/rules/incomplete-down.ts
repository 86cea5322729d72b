import { named, undoneBy } from "../facts/undone.ts";
import { startOfFile } from "../sql/spans.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "incomplete-down",
  meta: {
    title: "Let the down script undo what the up script does",
    hazard: "unread",
    risk: "low",
    why: "A down script is run when something has gone wrong, and rarely before. Where it leaves a table, column, index, constraint or type behind that the up script made, the next try of the up script fails on that.",
    fix: "Drop in the down script what the up script made, in the opposite order. Where there is no way back, say so in it and do nothing.",
    links: ["https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md"],
  },
  scripts: "both",
  *check(file) {
    const kept = undoneBy(file)?.kept ?? [];
    if (kept.length === 0) return;
    const names = kept.slice(0, mostNames).map((each) => `the ${named(each)}`);
    const more = kept.length - names.length;
    const all = more > 0 ? `${names.join(", ")} and ${more} more` : list(names);
    yield {
      at: startOfFile,
      certainty: kept.every(({ unsure }) => unsure) ? "possible" : "certain",
      message: `This does not undo the up script: ${all} ${kept.length === 1 ? "stays" : "stay"} behind.`,
    };
  },
});

const mostNames = 5;
