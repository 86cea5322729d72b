import { quote } from "../config/words.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "invalid-directive",
  meta: {
    title: "Write a comment for Lockkeeper so that it is understood",
    hazard: "accepted",
    risk: "medium",
    why: "A comment that starts with lockkeeper: is meant to change how the file is judged or run. One that names no known rule, gives no reason, or names what is refused anyway does not do that.",
    fix: "Write `-- lockkeeper:allow RULE: REASON` in a line of its own above the statement, or `-- lockkeeper:no-transaction` or `-- lockkeeper:max-blocking 30s: REASON` above the first one.",
    links: [
      "https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-COMMENTS",
      "https://dev.mysql.com/doc/refman/8.4/en/comments.html",
      "https://sqlite.org/lang_comment.html",
    ],
  },
  dialects: everyDialect,
  scripts: "both",
  check: () => [],
  *review({ directives, appliedBy }, { allowed, ruleOf, near }) {
    for (const directive of directives) {
      const at = directive.span;
      if (directive.kind === "invalid") {
        yield { at, message: `Lockkeeper does not understand this comment: ${directive.why}.` };
      } else if (directive.kind === "no-transaction" || directive.kind === "max-blocking") {
        if (appliedBy !== "lockkeeper")
          yield {
            at,
            message: `This changes nothing: ${appliedBy} applies this file, and it does not read the comment.`,
          };
      } else if (ruleOf(directive.rule) === undefined) {
        const meant = near(directive.rule);
        const known = meant === null ? "lockkeeper rules names them all." : `did you mean ${meant}?`;
        yield { at, message: `There is no rule ${quote(directive.rule)}: ${known}` };
      } else if (ruleOf(directive.rule)?.review !== undefined) {
        yield { at, message: `The rule ${directive.rule} is about allowances themselves, and cannot be allowed.` };
      } else if ((allowed.get(directive) ?? []).some(({ blocks }) => blocks)) {
        yield {
          at,
          message: `What ${directive.rule} has found cannot be accepted: the file is refused when it runs. It has to be mended.`,
        };
      }
    }
  },
});
