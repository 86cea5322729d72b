import type { Allowances } from "../config/config.ts";
import type { FileFacts } from "../facts/file.ts";
import type { Directive } from "../sql/comments.ts";
import { type Span, sameOrInside } from "../sql/spans.ts";
import type { Named } from "./rule.ts";

interface Accepted<Finding> {
  readonly findings: Finding[];
  readonly allowed: Map<Directive, readonly Named[]>;
}

/** The findings with the reasons of the allowances that name them, and what each allowance names. What blocks is never accepted. */
export function acceptFindings<Finding extends Named & { readonly allowed: string | null }>(
  findings: readonly Finding[],
  { directives }: Pick<FileFacts, "directives">,
  allowances: Allowances,
): Accepted<Finding> {
  const allows = directives.filter((directive) => directive.kind === "allow");
  const allowed = new Map<Directive, readonly Named[]>();
  for (const allow of allows) {
    allowed.set(
      allow,
      findings.filter(({ rule, at }) => rule === allow.rule && isAbout(allow, at)),
    );
  }
  if (allows.length === 0 || allowances === "off") return { findings: [...findings], allowed };
  const named = new Map(allows.map((allow) => [allow, new Set(allowed.get(allow))]));
  const reasonOf = (finding: Finding): string | null =>
    // The one above the statement says more than the one for the whole file.
    allows.findLast((allow) => named.get(allow)?.has(finding) === true)?.reason ?? null;
  return { findings: findings.map((each) => (each.blocks ? each : { ...each, allowed: reasonOf(each) })), allowed };
}

function isAbout({ about, isHeader }: Directive, at: Span): boolean {
  // What is said of a file as a whole stands at its first character, before the first statement.
  const isOfTheFile = at.line === 1 && at.endLine === 1 && at.column === at.endColumn;
  return about === null || (isHeader && isOfTheFile) || sameOrInside(about, at);
}
