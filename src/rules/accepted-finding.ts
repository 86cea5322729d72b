import { list } from "../text.ts";
import { defineRule, everyDialect, type Named } from "./rule.ts";

export default defineRule({
  id: "accepted-finding",
  meta: {
    title: "Have somebody agree to each allowance",
    hazard: "accepted",
    risk: "medium",
    why: "A comment such as `-- lockkeeper:allow drop-column: nobody reads it` accepts a finding: its risk falls, down to the row of its class in the risk table. Who writes the migration writes the comment too, so somebody else has to agree with the reason.",
    fix: "Let a reviewer approve it. A team that trusts its authors writes `allowances: on` in the config; one that wants none writes `allowances: off`.",
    links: [
      "https://owasp.org/www-project-top-10-ci-cd-security-risks/CICD-SEC-01-Insufficient-Flow-Control-Mechanisms",
    ],
  },
  dialects: everyDialect,
  check: () => [],
  *review({ directives }, { allowances, allowed }) {
    if (allowances === "on") return;
    for (const directive of directives) {
      if (directive.kind !== "allow") continue;
      const named = (allowed.get(directive) ?? []).filter(({ blocks }) => !blocks);
      if (named.length === 0) continue;
      const message =
        allowances === "off"
          ? `The config refuses allowances (allowances: off), so this one of ${directive.rule} changes nothing.`
          : `This accepts ${directive.rule} at ${lines(named)}: ${endOfSentence(directive.reason)} Somebody has to agree.`;
      yield { at: directive.span, message };
    }
  },
});

function lines(named: readonly Named[]): string {
  const numbers = [...new Set(named.map(({ at }) => String(at.line)))];
  const some = numbers.length > 5 ? [...numbers.slice(0, 4), `${numbers.length - 4} more`] : numbers;
  return `${numbers.length === 1 ? "line" : "lines"} ${list(some)}`;
}

function endOfSentence(reason: string): string {
  return /[.!?]$/.test(reason) ? reason : `${reason}.`;
}
