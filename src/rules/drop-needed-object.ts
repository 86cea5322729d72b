import { comment } from "../facts/clauses.ts";
import type { ActionWithEffects, Certainty } from "../facts/facts.ts";
import { display, same } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "drop-needed-object",
  meta: {
    title: "See to what needs an object before dropping it",
    hazard: "breaks-clients",
    risk: "medium",
    why: "PostgreSQL refuses to drop a column that a view reads, or a key that a foreign key leans on (2BP01, 0A000), and with CASCADE it drops those too, without naming them. An index on the columns of a foreign key it drops without a word: from then on each delete at the other end reads the whole table.",
    fix: "Drop what depends on it first, by its own name, and make it again afterwards. Make another index for the foreign key before its own goes.",
    links: ["https://www.postgresql.org/docs/current/ddl-depend.html"],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        for (const problem of needsOf(action)) yield { at: action.span, ...problem };
      }
    }
  },
});

interface Need {
  readonly certainty: Certainty;
  readonly message: string;
  readonly safer: string;
}

function* needsOf(action: ActionWithEffects): Generator<Need> {
  // What is certain to be refused has a finding of its own.
  const refused = action.effects.filter(
    (effect) => effect.kind === "fails" && /^(?:2BP01|0A000)$/.test(effect.sqlstate),
  );
  const whys = refused.flatMap((effect) =>
    effect.kind === "fails" && effect.certainty === "possible" ? [effect.why] : [],
  );
  if (whys.length > 0) {
    yield {
      certainty: "possible",
      message: `PostgreSQL may refuse this: ${list(whys.slice(0, 3))}.`,
      safer: comment(
        "look what depends on it, drop that first by its own name, and make it again in the same transaction",
      ),
    };
  }
  if (action.kind === "drop-constraint" && action.cascade) {
    const others = action.effects.filter(
      ({ kind, relation }) => kind === "lock" && relation !== null && !same(relation, action.table),
    );
    const names = others.flatMap(({ relation }) => (relation === null ? [] : [display(relation)]));
    if (names.length === 0) return;
    yield {
      certainty: others.some(({ certainty }) => certainty === "certain") ? "certain" : "possible",
      message: `CASCADE drops the foreign keys of ${list(names)} that lean on ${action.name}, without naming them: what they kept out can be written from now on.`,
      safer: comment(`drop those foreign keys first, by their own names, and leave CASCADE out`),
    };
  }
  for (const { table, columns, references } of action.kind === "drop-index" && !action.onlyNew
    ? (action.serves ?? [])
    : []) {
    yield {
      certainty: "possible",
      message: `Without ${action.kind === "drop-index" ? display(action.index) : "it"} no index begins with ${list(columns)} of ${display(table)}, the foreign key to ${display(references)}: each delete there reads all of ${display(table)} from now on.`,
      safer: comment(
        `make an index on ${display(table)} (${columns.join(", ")}) before this one is dropped, or keep it`,
      ),
    };
  }
}
