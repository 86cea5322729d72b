import { isGenerated } from "../migrations/generated.ts";
import type { Rule } from "../rules/rule.ts";
import { count } from "../text.ts";
import { levelOf, messageOf, placeInConfig } from "./annotations.ts";
import { shown } from "./cells.ts";
import { type FingerprintOptions, fingerprintsOf, type Identified } from "./fingerprint.ts";
import { escapeUnseen } from "./json.ts";
import type { Report, ReportMigration } from "./report.ts";
import { cardOf, type RuleCard, strangerCard, unexplainedCards, unexplainedId } from "./rule-card.ts";
import { oneLine, saidOf, severity } from "./said.ts";
import { artifactOf, descriptorOf, plainText, sarifLevel } from "./sarif-parts.ts";
import { coverageSentence, judgedForSentence, verdictSentence } from "./sentences.ts";

export interface SarifOptions extends FingerprintOptions {
  readonly rules: readonly Rule[];
  /** Of Lockkeeper, as Semantic Versioning writes it. */
  readonly version: string;
}

/** GitHub shows no more results of one run. */
const mostResults = 5000;

/** The report as SARIF 2.1.0 for GitHub's code scanning; docs/sarif.md says what stands where, and why. Ends with a line end. */
export function renderSarif(report: Report, options: SarifOptions): string {
  const { chosen, leftOut } = choose(report);
  const cards = cardsFor(chosen, [...options.rules.map(cardOf), ...unexplainedCards]);
  const indexOf = new Map(cards.map(({ id }, i) => [id, i]));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Lockkeeper", semanticVersion: options.version, rules: cards.map(descriptorOf) } },
        automationDetails: { id: "lockkeeper/check/" },
        originalUriBaseIds: { "%SRCROOT%": { description: { text: "The root of the repository." } } },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications(report, leftOut) }],
        columnKind: "utf16CodeUnits",
        results: resultsOf(report, chosen, options).map((result) => ({
          ruleIndex: indexOf.get(result.ruleId) ?? -1,
          ...result,
        })),
        properties: propertiesOf(report),
      },
    ],
  };
  return `${escapeUnseen(JSON.stringify(log, null, 2))}\n`;
}

/** The known rules, and what can be said of others, in a report that another version has written: each result must have one. */
function cardsFor(chosen: readonly Chosen[], known: readonly RuleCard[]): readonly RuleCard[] {
  const cards = new Map(known.map((card) => [card.id, card]));
  for (const { id, finding } of chosen) if (!cards.has(id)) cards.set(id, strangerCard(id, finding.risk));
  return [...cards.values()];
}

/** What no result says: the verdict, what was checked, how much is missing here. */
function notifications(report: Report, leftOut: number) {
  const { words, more } = verdictSentence(report);
  const notes = [
    `Verdict: ${words}.${more === "" ? "" : ` ${more}`}`,
    coverageSentence(report.coverage),
    ...(report.migrations.length === 0 ? [] : [judgedForSentence(report)]),
  ].map((text) => ({ level: "note", message: { text: plainText(text) } }));
  if (leftOut === 0) return notes;
  const text = `${count(leftOut, "result")} left out, the least severe: GitHub shows ${count(mostResults, "result")}.`;
  return [{ level: "warning", message: { text } }, ...notes];
}

function propertiesOf({ verdict, risk, postgres, config, coverage }: Report) {
  const { outcome, because } = verdict;
  return { verdict: outcome, reasons: because.length, risk, postgres, config, coverage };
}

interface Chosen extends Identified {
  readonly migration: ReportMigration;
}

/** The worst, and how many there are besides. A statement that asks for approval without a rule has a result too: none would read as a pass. */
function choose(report: Report): { readonly chosen: readonly Chosen[]; readonly leftOut: number } {
  const said = saidOf(report);
  const all = report.migrations
    .flatMap((migration) => said(migration).map((each) => ({ ...each, migration })))
    .sort((a, b) => severity(b.finding) - severity(a.finding));
  const chosen = all.slice(0, mostResults).map(({ finding, unexplained, migration }) => ({
    id: unexplained === null ? finding.rule : unexplainedId(unexplained),
    finding,
    migration,
  }));
  return { chosen, leftOut: all.length - chosen.length };
}

function resultsOf(report: Report, chosen: readonly Chosen[], options: SarifOptions) {
  // File by file, so that each is read once and let go.
  const byMigration = new Map<ReportMigration, Chosen[]>();
  for (const each of chosen) {
    const same = byMigration.get(each.migration);
    if (same === undefined) byMigration.set(each.migration, [each]);
    else same.push(each);
  }
  const prints = new Map<Chosen, string>();
  for (const [migration, its] of byMigration) {
    const inOrder = its.toSorted((a, b) => a.finding.line - b.finding.line || a.finding.column - b.finding.column);
    fingerprintsOf(migration, inOrder, options).forEach((print, i) => {
      const owner = inOrder[i];
      if (owner !== undefined) prints.set(owner, print);
    });
  }
  return chosen.map((each) => resultOf(report, each, prints.get(each) ?? ""));
}

function resultOf(report: Report, { id, finding, migration: { dialect } }: Chosen, fingerprint: string) {
  const { risk, certainty, blocks, safer, allowed, line, column, endLine, endColumn } = finding;
  const printed = isGenerated(finding.path);
  const said = printed ? `${finding.path}:${line}: ${messageOf(finding)}` : messageOf(finding);
  const lines = said.split("\n").map((each) => shown(each.replaceAll("\t", "    ")));
  return {
    ruleId: id,
    level: sarifLevel(levelOf(finding)),
    message: { text: plainText(lines.join("\n")) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactOf(printed ? placeInConfig(report, finding.path) : finding.path),
          region: printed ? { startLine: 1 } : { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
    partialFingerprints: { primaryLocationLineHash: fingerprint },
    // All results of a run have this, or none; empty says that nobody has accepted the finding.
    suppressions: allowed === null ? [] : [{ kind: "inSource", justification: shown(oneLine(allowed)) }],
    properties: {
      risk,
      certainty,
      blocks,
      dialect,
      ...(safer === null ? {} : { safer }),
    },
  };
}
