import { type AnnotationLevel, levelOf } from "./annotations.ts";
import { prose } from "./markdown-text.ts";
import type { RuleCard } from "./rule-card.ts";

/** A rule as SARIF describes it, with what GitHub sorts and filters by. */
export function descriptorOf(card: RuleCard) {
  const { id, title, hazard, risk, why, elsewhere, fix, links, dialects } = card;
  const level = sarifLevel(levelOf({ risk, blocks: hazard === "fails" }));
  const also = elsewhere === null ? [] : [elsewhere];
  const help = [why, ...also, fix, ...links];
  return {
    id,
    shortDescription: { text: plainText(`${title}.`) },
    fullDescription: { text: plainText(why) },
    help: {
      text: plainText(help.join("\n\n")),
      markdown: [
        prose(why),
        ...also.map(prose),
        `**What to do:** ${prose(fix)}`,
        links.map((link) => `- <${link}>`).join("\n"),
      ].join("\n\n"),
    },
    ...(links[0] === undefined ? {} : { helpUri: links[0] }),
    defaultConfiguration: { level },
    properties: {
      // Rules are certain where PostgreSQL does this every time; what was not read is a guess by its nature.
      precision: hazard === "fails" ? "very-high" : hazard === "unread" ? "medium" : "high",
      // Not security-severity: a migration that makes others wait is no vulnerability, and does not belong on that page.
      "problem.severity": level === "note" ? "recommendation" : level,
      tags: [...(dialects ?? ["postgresql"]), "migration", ...(hazard === null ? [] : [hazard]), `risk-${risk}`],
    },
  };
}

/** A level as SARIF calls it. */
export function sarifLevel(level: AnnotationLevel): "error" | "warning" | "note" {
  return level === "notice" ? "note" : level;
}

/** Where a file is: relative to the root of the repository, or by its full path where it lies outside. */
export function artifactOf(path: string): { readonly uri: string; readonly uriBaseId?: string } {
  const uri = path.replace(loneSurrogate, "\ufffd").split("/").map(encodeURIComponent).join("/");
  if (path.startsWith("/")) return { uri: `file://${uri}` };
  if (/^[a-z]:\//i.test(path)) return { uri: `file:///${uri.replace("%3A", ":")}` };
  return { uri, uriBaseId: "%SRCROOT%" };
}

// Half a character has no UTF-8, and so no way into an address.
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text in a plain text message of SARIF, in which braces are places for arguments and brackets begin links (section 3.11.5 and
 * 3.11.6 of the specification). GitHub makes a link of any address in brackets.
 */
export function plainText(text: string): string {
  return text
    .replace(/[\\[\]]/g, "\\$&")
    .replaceAll("{", "{{")
    .replaceAll("}", "}}");
}
