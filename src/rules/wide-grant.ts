import { comment, hasWord, textBetween } from "../facts/clauses.ts";
import type { StatementFacts } from "../facts/facts.ts";
import { display } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "wide-grant",
  meta: {
    title: "Grant to the roles that need it, and no more",
    hazard: "data-loss",
    risk: "high",
    why: "PUBLIC is every role of the server, those that are made later too. A superuser passes every permission, BYPASSRLS every row security policy, and the predefined roles reach all data, or the server's own files and programs. Nothing in a migration shows later who made use of it.",
    fix: "Name the role that needs the right, and the right that it needs. What takes a superuser is done by hand, by one.",
    links: [
      "https://www.postgresql.org/docs/current/predefined-roles.html",
      "https://www.postgresql.org/docs/current/ddl-priv.html",
    ],
  },
  *check({ statements }) {
    for (const facts of statements) {
      if (!facts.actions.some((action) => "widens" in action && action.widens)) continue;
      yield { at: facts.statement.span, ...sentence(facts) };
    }
  },
});

/** What the words of CREATE ROLE and ALTER ROLE give, in the order of weight. */
const powers = {
  superuser: "passes every permission and every row security policy",
  bypassrls: "reads and writes rows that row security keeps from others",
  createrole: "can make roles and give them rights",
  replication: "can read everything that is written on the server",
} as const;

function sentence({ actions, statement: { sql } }: StatementFacts): {
  readonly message: string;
  readonly safer: string;
} {
  for (const action of actions) {
    if (action.kind !== "create-role" && action.kind !== "alter-role") continue;
    const given = Object.entries(powers).flatMap(([word, what]) => (hasWord(sql, word) ? [what] : []));
    const message = `The role ${display(action.name)} ${given[0] ?? "gets more than rights on tables"}${given.length > 1 ? `, and ${list(given.slice(1))}` : ""}.`;
    return { message, safer: comment(`grant ${display(action.name)} the rights that it needs: GRANT … ON … TO …`) };
  }
  const to = textBetween(sql, "to", "with", "granted") ?? "PUBLIC";
  const right = textBetween(sql, "grant", "on", "to") ?? "this";
  const on = textBetween(sql, "on", "to");
  const whom = /^public$/i.test(to.trim())
    ? "Every role of the server, those that are made later too,"
    : `The role ${to}`;
  if (on === null) {
    const what = /^pg_/i.test(right)
      ? `${right}, which reaches further than the tables of this database's programs`
      : right;
    return {
      message: `${whom} gets ${what}.`,
      safer: comment("grant the rights on the tables that are needed, to the role that needs them"),
    };
  }
  const later = actions.some(({ kind }) => kind === "default-privileges")
    ? ` that are made from now on ${textBetween(sql, "privileges", "grant") ?? ""}`.trimEnd()
    : "";
  return {
    message: `${whom} gets ${right} on ${on}${later}.`,
    safer: comment(`GRANT ${right} ON ${on} TO the role that needs it`),
  };
}
