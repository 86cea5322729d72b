import { comment } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { display, quoted } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "rewrite-table",
  meta: {
    title: "Do not write a whole table anew while it is in use",
    hazard: "locks",
    risk: "high",
    why: "VACUUM FULL, CLUSTER, SET LOGGED, SET UNLOGGED, SET TABLESPACE and SET ACCESS METHOD copy the whole table and build its indexes again under an ACCESS EXCLUSIVE lock: nobody can even read it meanwhile, and it needs its size on disk once more.",
    fix: "Plain VACUUM lets everybody go on and frees the space for new rows. For the rest fill a new table in batches and let the two change names, or use a tool that does so (pg_repack, pg_squeeze).",
    links: ["https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY"],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        const said = wordsOf(action);
        if (said === null || action.onlyNew) continue;
        const rewrite = action.effects.find(({ kind }) => kind === "rewrite");
        // VACUUM FULL and CLUSTER without a table have all of them.
        if (rewrite === undefined && !("tables" in action && action.tables.length === 0) && action.kind !== "cluster")
          continue;
        const isSure = rewrite?.certainty !== "possible";
        yield {
          at: action.span,
          certainty: isSure ? "certain" : "possible",
          message: `Nobody can read or write ${said.of} while ${isSure ? said.why : `it is written anew, which it is unless it is so already: ${said.why}`}.`,
          safer: said.safer,
        };
      }
    }
  },
});

interface Said {
  readonly of: string;
  readonly why: string;
  readonly safer: string;
}

const swap = "fill a new table in batches, keep it in step by a trigger, and let the two change names";

function wordsOf(action: ActionWithEffects): Said | null {
  switch (action.kind) {
    case "vacuum": {
      if (!action.full) return null;
      const plain = `VACUUM ${action.tables.map(quoted).join(", ")}`.trim();
      const of = action.tables.length === 0 ? "each table of the database" : list(action.tables.map(display));
      return { of, why: "it is written into a new file", safer: `${plain};` };
    }
    case "cluster": {
      const of = action.table === null ? "each table that was clustered before" : display(action.table);
      return { of, why: "it is written in the order of its index", safer: comment(swap) };
    }
    case "set-logged":
      return { of: display(action.table), why: "it is written again, with all of it in the log", safer: comment(swap) };
    case "set-unlogged":
      return {
        of: display(action.table),
        why: "it is written again, and from then on a crash of the server empties it, and replicas have none of it",
        safer: comment(swap),
      };
    case "set-tablespace":
      return { of: display(action.table), why: "it is copied to the other tablespace", safer: comment(swap) };
    case "set-access-method":
      return { of: display(action.table), why: "its rows are stored in another way", safer: comment(swap) };
    default:
      return null;
  }
}
