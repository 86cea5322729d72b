import { display } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "drop-object",
  meta: {
    title: "Do not drop schemas, types, sequences or extensions that are in use",
    hazard: "data-loss",
    risk: "critical",
    why: "DROP SCHEMA … CASCADE deletes every table in it. DROP TYPE … CASCADE and DROP EXTENSION … CASCADE drop the columns of their types, DROP SEQUENCE … CASCADE drops defaults, all without naming them.",
    elsewhere:
      "In MySQL and MariaDB a schema is a database: DROP DATABASE deletes every table in it, and no ROLLBACK brings them back.",
    fix: "Drop what depends on the object first, each by its own name, and leave CASCADE out: PostgreSQL then refuses where something was forgotten.",
    links: [
      "https://www.postgresql.org/docs/current/ddl-depend.html",
      "https://dev.mysql.com/doc/refman/8.4/en/drop-database.html",
    ],
  },
  dialects: ["postgresql", "mysql", "mariadb"],
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        switch (action.kind) {
          case "drop-schema":
          case "drop-type":
          case "drop-sequence":
          case "drop-extension":
          case "drop-database":
          case "drop-tablespace":
          case "drop-publication":
          case "drop-subscription": {
            const what = `${action.kind.slice("drop-".length)} ${display(action.name)}`;
            const cascade = action.cascade ? ", with everything that depends on it (CASCADE does not say what)" : "";
            yield {
              at: action.span,
              message: `The ${what} is gone for good${cascade}, and every program that still uses it fails.`,
            };
          }
        }
      }
    }
  },
});
