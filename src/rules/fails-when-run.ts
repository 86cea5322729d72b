import { defineRule } from "./rule.ts";

/** Failures that other rules explain. */
const elsewhere: ReadonlySet<string> = new Set(["25001", "42601", "55P04", "57014"]);

export default defineRule({
  id: "fails-when-run",
  meta: {
    title: "Fix what fails after the migrations before it",
    hazard: "fails",
    risk: "high",
    why: "The migrations before this statement leave the database in a state in which PostgreSQL refuses it: the table or index is already there, the column is not, something still depends on what is dropped.",
    fix: "Correct the names, or drop and create in the order that PostgreSQL needs.",
    links: ["https://www.postgresql.org/docs/current/errcodes-appendix.html"],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        for (const effect of action.effects) {
          if (effect.kind !== "fails" || effect.certainty !== "certain" || elsewhere.has(effect.sqlstate)) continue;
          yield { at: action.span, message: `PostgreSQL refuses this (${effect.sqlstate}): ${effect.why}.` };
        }
      }
    }
  },
});
