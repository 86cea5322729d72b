import type { Database } from "../config/config.ts";
import type { ActionOf } from "../facts/actions.ts";
import { canBeRepeated, hasWord, textBetween, whereOf } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { display } from "../sql/names.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "unbatched-write",
  meta: {
    title: "Update and delete in batches",
    hazard: "locks",
    risk: "critical",
    why: "One UPDATE or DELETE over a table locks every row that it changes until the transaction ends, writes a new version of each row that it updates, and holds back vacuum for as long. What it changed cannot be told from what was there before.",
    elsewhere:
      "In SQLite nobody else writes to the database meanwhile. MySQL and MariaDB also lock rows that the condition only looks at, all of them where no index helps.",
    fix: "Change a thousand rows at a time, each batch in its own transaction, outside the migration where there are many; keep a backup.",
    links: [
      "https://www.postgresql.org/docs/current/mvcc.html",
      "https://www.postgresql.org/docs/current/populate.html",
      "https://dev.mysql.com/doc/refman/8.4/en/innodb-locks-set.html",
      "https://sqlite.org/lockingv3.html",
    ],
  },
  dialects: everyDialect,
  speaksOf: ["update", "delete"],
  *check({ statements, dialect }) {
    for (const { actions, statement } of statements) {
      for (const action of actions) {
        if ((action.kind !== "update" && action.kind !== "delete") || action.onlyNew) continue;
        // A loop is in batches already; whether it commits them is another finding's.
        if (action.inLoop === true) continue;
        // A few rows by their key are no batch.
        if (action.atMost !== null && action.atMost <= 100) continue;
        const matching = action.where === "none" ? "" : " that matches";
        const done = action.kind === "update" ? "changed" : "deleted";
        yield {
          at: action.span,
          // How many rows match is not in the SQL.
          certainty: action.where === "none" ? "certain" : "possible",
          message: `Every row of ${display(action.table)}${matching} is ${done} in one transaction: ${whoWaits(dialect)} until it ends.`,
          safer:
            dialect === "postgresql"
              ? inBatches(action, statement.kind === "statement" && canBeRepeated(statement.node))
              : again(action, action.inBatches ?? null),
        };
      }
    }
  },
});

const byKey =
  "-- note the keys of these rows first, then go through them a thousand at a time, each batch in its own transaction";

/**
 * A row's ctid is its place in one table, and another partition has a row at the same place: so the condition stands in both
 * queries. Only what can be repeated may be done in parts,
 * and without a condition the rows that are written meanwhile would go too.
 */
function inBatches({ kind, sql }: ActionOf<"update" | "delete"> & ActionWithEffects, canRepeat: boolean): string {
  const isDelete = kind === "delete";
  const target = isDelete ? textBetween(sql, "from", "where") : textBetween(sql, "update", "set");
  const where = whereOf(sql);
  const several = hasWord(sql, "with", "using", "returning") || (!isDelete && hasWord(sql, "from"));
  if (several || target === null || where === null || !canRepeat) return byKey;
  const batch = `ctid = ANY (ARRAY(SELECT ctid FROM ${target} WHERE ${where.text} LIMIT 1000))`;
  const change = isDelete ? `DELETE FROM ${target}` : `UPDATE ${target} SET ${textBetween(sql, "set", "where")}`;
  return again({ kind }, `${change} WHERE (${where.text}) AND ${batch};`);
}

function again({ kind }: Pick<ActionOf<"update" | "delete">, "kind">, batch: string | null): string {
  if (batch === null) return byKey;
  return `-- again and again, each time in its own transaction, until no row is ${kind}d:\n${batch}`;
}

function whoWaits(dialect: Database): string {
  return dialect === "sqlite" ? "nobody else can write to the database" : "whoever writes one of them waits";
}
