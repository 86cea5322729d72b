import { databases } from "../config/config.ts";
import { databaseName } from "../sql/databases.ts";
import { count, list } from "../text.ts";
import { shown } from "./cells.ts";
import type { Report, ReportCoverage, ReportMigration } from "./report.ts";
import { outcomeWords, policyWords, strictest } from "./words.ts";

/** The verdict as every form of the report says it: the words that are painted on a terminal, and what may follow them. */
export interface VerdictSentence {
  /** "needs approval (critical)", or "nothing to check" where nothing was looked at, so that it does not read as good news. */
  readonly words: string;
  /** A sentence of its own; empty where there is nothing to add. */
  readonly more: string;
}

export function verdictSentence({ verdict, risk, migrations, base }: Report): VerdictSentence {
  const { outcome } = verdict;
  if (outcome === "pass" && migrations.length === 0 && base !== null)
    return { words: "pass", more: "No pending migrations." };
  if (outcome === "pass" && migrations.length === 0) return { words: "nothing to check", more: "" };
  const unasked = outcome === "pass" && (risk === "high" || risk === "critical");
  return { words: `${outcomeWords[outcome]} (${risk})`, more: unasked ? "The policy asks for no approval." : "" };
}

/** What the policy asks for the migrations that need approval; null where nobody is asked. */
export function policySentence({ verdict, migrations }: Report): string | null {
  const asking = migrations.filter((migration) => migration.verdict === "needs-approval");
  if (verdict.outcome !== "needs-approval" || asking.length === 0) return null;
  return `The policy asks: ${policyWords(strictest(asking.map(({ policy }) => policy)))}.`;
}

/** What was checked, in numbers. */
export function coverageSentence({ files, statements, read, opaque, rehearsed }: ReportCoverage): string {
  if (files === 0) return "Checked: 0 files";
  const each = [
    count(read, "read", "read"),
    count(statements - read, "unread", "unread"),
    count(opaque, "opaque", "opaque"),
  ];
  return `Checked: ${count(files, "file")}, ${count(statements, "statement")} (${each.join(", ")}), ${rehearsed ? "rehearsed" : "not rehearsed"}.`;
}

const mostNames = 10;

/** The first paths of a list, safe to print, and how many more there are ("and 3 more"); null where all are named. */
export function someNames(paths: readonly string[]): {
  readonly names: readonly string[];
  readonly more: string | null;
} {
  const more = paths.length - mostNames;
  return { names: paths.slice(0, mostNames).map(shown), more: more > 0 ? `and ${more} more` : null };
}

/** Which servers, which config and which commit the verdict holds for; the paths in it are safe to print. */
export function judgedForSentence({ postgres, config, base, migrations }: Report): string {
  const judgedFor = databases.flatMap((database) => {
    const its = migrations.filter(({ dialect }) => dialect === database);
    if (database === "postgresql") return its.length > 0 || migrations.length === 0 ? [`PostgreSQL ${postgres}`] : [];
    return its.length === 0 ? [] : [`${databaseName(database)} (${directoriesOf(its)})`];
  });
  const by = config === null ? "without a config file" : `by ${shown(config)}`;
  const since = base === null ? "" : `; what is in commit ${shown(base.slice(0, 12))} counts as applied`;
  return `Judged for ${list(judgedFor)}, ${by}${since}.`;
}

const mostDirectories = 3;

/** Where these migrations are; safe to print. */
function directoriesOf(migrations: readonly ReportMigration[]): string {
  const all = new Set(migrations.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf("/"))) || "."));
  const more = all.size - mostDirectories;
  return [...[...all].slice(0, mostDirectories).map(shown), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}
