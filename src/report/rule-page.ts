import { databaseName } from "../sql/databases.ts";
import { list } from "../text.ts";
import { cellsOf } from "./cells.ts";
import { coloured, type Paint, plain } from "./paint.ts";
import { wrap } from "./prose.ts";
import { hazardWords, type RuleCard } from "./rule-card.ts";

export interface RulePageOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

const narrowest = 40;

/** One rule as text for people: what to do, why, and where to read on. Ends with a line end. */
export function renderRule(card: RuleCard, { color, width: columns }: RulePageOptions): string {
  const paint = color ? coloured : plain;
  const width = Math.max(narrowest, columns);
  const said = (heading: string, ...sentences: readonly string[]): readonly string[] => [
    "",
    paint("strong", heading),
    ...sentences.flatMap((sentence) => wrap(sentence, { width, indent: 2 })),
  ];
  const { id, title, hazard, risk, why, elsewhere, fix, links, dialects } = card;
  const lines = [
    `${paint("strong", id)}  ${paint(risk, risk)}${hazard === null ? "" : `  ${hazard}: ${hazardWords[hazard]}`}`,
    ...wrap(`${title}.`, { width, indent: 0 }),
    ...said("Why", why, ...(elsewhere === null ? [] : [elsewhere])),
    ...said("What to do", fix),
    ...said("Settings", ...holdsFor(dialects), scriptWords[card.scripts], settingWords(card)),
    ...said("See also", ...links),
  ];
  return `${lines.join("\n")}\n`;
}

function holdsFor(dialects: RuleCard["dialects"]): readonly string[] {
  return dialects === null ? [] : [`Holds for ${list(dialects.map(databaseName))}.`];
}

const scriptWords: Readonly<Record<RuleCard["scripts"], string>> = {
  up: "Looks at up scripts.",
  both: "Looks at up and down scripts.",
};

function settingWords({ canBeTurnedOff, hazard, id }: RuleCard): string {
  if (canBeTurnedOff) return `In the config: rules: { ${id}: off }, or another risk with { risk: low }.`;
  if (hazard === null) return "Not a rule that the config knows: what the policy asks of this risk decides.";
  return "Cannot be turned off or given another risk: the file is refused all the same.";
}

const gap = 2;

/** Every rule in a line: its id, its risk, its hazard, what to do; then what the hazards mean. Ends with a line end. */
export function renderRules(cards: readonly RuleCard[], { color, width: columns }: RulePageOptions): string {
  const paint: Paint = color ? coloured : plain;
  const width = Math.max(narrowest, columns);
  const widest = (words: readonly string[]) => Math.max(0, ...words.map(cellsOf)) + gap;
  const [ids, risks, hazards] = [
    widest(["Rule", ...cards.map(({ id }) => id)]),
    widest(["Risk", ...cards.map(({ risk }) => risk)]),
    widest(["Hazard", ...cards.map(({ hazard }) => hazard ?? "")]),
  ];
  const indent = ids + risks + hazards;
  const rows = cards.flatMap(({ id, risk, hazard, title }) => {
    const head = id.padEnd(ids) + paint(risk, risk) + " ".repeat(risks - risk.length) + (hazard ?? "").padEnd(hazards);
    // Where there is no room beside it, what to do stands below.
    return indent + cellsOf(title) <= width ? [head + title] : [head.trimEnd(), ...wrap(title, { width, indent: 4 })];
  });
  const last = "What to do";
  const title = `${"Rule".padEnd(ids)}${"Risk".padEnd(risks)}${"Hazard".padEnd(hazards)}${indent + last.length <= width ? last : ""}`;
  const meanings = Object.entries(hazardWords).flatMap(([hazard, words]) =>
    wrap(`${hazard}: ${words}`, { width, indent: 0, hanging: 2 }),
  );
  const how = "lockkeeper explain RULE says why, and what to write instead.";
  const lines = [
    paint("dim", title.trimEnd()),
    ...rows,
    "",
    ...meanings,
    "",
    ...wrap(how, { width, indent: 0, hanging: 2 }),
  ];
  return `${lines.join("\n")}\n`;
}

/** The rules as JSON: schema 1, and each with what is said of it. Ends with a line end. */
export function renderRulesJson(cards: readonly RuleCard[]): string {
  const rules = cards.map((card) => {
    const { id, title, hazard, risk, why, elsewhere, fix, links, scripts, dialects, canBeTurnedOff } = card;
    return { id, title, hazard, risk, why, elsewhere, fix, links, scripts, dialects, canBeTurnedOff };
  });
  return `${JSON.stringify({ schema: 1, command: "rules", rules }, null, 2)}\n`;
}
