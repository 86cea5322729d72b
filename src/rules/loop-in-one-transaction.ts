import type { ActionWithEffects } from "../facts/facts.ts";
import { display } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "loop-in-one-transaction",
  meta: {
    title: "Commit each batch of a loop",
    hazard: "locks",
    risk: "critical",
    why: "A DO block, or a function, is one transaction, however many batches its loop makes: every row that it changes stays locked until the last batch, no vacuum cleans up behind it, and a failure undoes them all. Waiting between the batches only makes it longer.",
    fix: "Write COMMIT at the end of the loop, and let the block be alone in its migration, outside a transaction; or run the batches from outside.",
    links: ["https://www.postgresql.org/docs/current/plpgsql-transactions.html"],
  },
  *check({ statements }) {
    for (const { actions, statement } of statements) {
      if (actions.some(({ kind, inLoop }) => kind === "commit-inside" && inLoop === true)) continue;
      const first = actions.find(isWriteInLoop);
      if (first === undefined) continue;
      yield {
        at: first.span,
        message: `The loop is one transaction: every row of ${display(first.table)} that one of its turns ${done[first.kind]} stays locked until the last turn is over.`,
        safer: withCommit(statement.sql),
      };
    }
  },
});

const done = { insert: "inserts", update: "changes", delete: "deletes", merge: "changes" } as const;
type WriteInLoop = Extract<ActionWithEffects, { kind: keyof typeof done }>;

function isWriteInLoop(action: ActionWithEffects): action is WriteInLoop {
  return action.inLoop === true && Object.hasOwn(done, action.kind) && !action.onlyNew;
}

const mostLines = 15;

/** The block with COMMIT at the end of its loop, where there is one loop and nothing that forbids it: a block with EXCEPTION cannot commit. */
function withCommit(sql: string): string {
  const ends = [...sql.matchAll(/^([ \t]*)end\s+loop\b/gim)];
  const [end] = ends;
  const isPlain = /^do\b/i.test(sql) && !/\bexception\b/i.test(sql) && sql.match(/\bend\s+loop\b/gi)?.length === 1;
  if (end === undefined || !isPlain || sql.split("\n").length > mostLines)
    return "-- write COMMIT; before END LOOP, and put the block alone into a migration file: in a transaction it cannot commit";
  const block = `${sql.slice(0, end.index)}${end[1]}  COMMIT;\n${sql.slice(end.index)}`;
  return `-- alone in its migration file: where a transaction is open around the block, it cannot commit\n${block};`;
}
