import type { FileFacts } from "../facts/file.ts";
import { doesWork } from "../facts/work.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "commit-in-tool-transaction",
  meta: {
    title: "Leave the end of a transaction to whoever began it",
    hazard: "partial",
    risk: "high",
    why: "COMMIT ends the transaction that is open, whoever began it. Where that is the tool's, what stands behind it is in another one or in none, the record of the migration included: a failure there leaves half of the migration, and the tool believes that all was undone. PostgreSQL only warns (25001, 25P01).",
    fix: "Leave BEGIN and COMMIT out where the tool runs each migration in a transaction. Where it does not, write BEGIN before what COMMIT is to end.",
    links: ["https://www.postgresql.org/docs/current/sql-commit.html"],
  },
  *check(file) {
    const { statements } = file;
    let open = ownerAt(file, 0);
    let hasWork = false;
    for (const [at, facts] of statements.entries()) {
      hasWork ||= doesWork(facts);
      for (const { kind } of facts.actions) {
        if (kind === "begin" && open !== "tool") open = "file";
        if (kind !== "commit" && kind !== "rollback") continue;
        const rest = statements.slice(at + 1).find(doesWork)?.statement.span.line ?? null;
        const matters = open === "tool" ? hasWork || rest !== null : open === "string" && hasWork && rest !== null;
        if (kind === "commit" && matters) {
          yield {
            at: facts.statement.span,
            message: `This ends ${open === "tool" ? `the transaction in which ${nameOf(file)} runs the file` : "the transaction that all statements of the file are in, although none of them begins one"}: ${rest === null ? "the migration is recorded outside it" : `when something fails from line ${rest} on, what stands before this stays`}.`,
            safer: `-- leave ${open === "tool" ? "BEGIN and COMMIT" : "COMMIT"} out, or write what stands behind into a migration of its own`,
          };
        }
        open = ownerAt(file, at + 1);
        hasWork = false;
      }
    }
  },
});

/** Who has begun the transaction in which a statement starts: the tool, the string that the file is sent as, or the file. */
function ownerAt({ statements, model }: FileFacts, at: number): "tool" | "string" | "file" | "none" {
  const transaction = statements[at]?.before.transaction ?? "none";
  if (transaction === "explicit") return "file";
  if (transaction === "none") return "none";
  // Behind a COMMIT of its own, a file that was sent as one string is in a transaction of that.
  return model === "one-string" || at > 0 ? "string" : "tool";
}

function nameOf({ appliedBy }: FileFacts): string {
  return appliedBy === "lockkeeper" ? "Lockkeeper" : appliedBy;
}
