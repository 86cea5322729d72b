import { describe, expect, it } from "vitest";
import { cardOf } from "../../src/report/rule-card.ts";
import { renderRule, renderRules } from "../../src/report/rule-page.ts";
import { rules } from "../../src/rules/index.ts";

const cards = rules.map(cardOf);
const linesOf = (text: string) => text.trimEnd().split("\n");

describe("the rules on a terminal", () => {
  it.each([40, 60, 80])("fit in %i columns, and what to do stands below where it has no room beside", (width) => {
    const lines = linesOf(renderRules(cards, { color: false, width }));
    const table = lines.slice(1, lines.indexOf(""));
    // The names, risks and hazards are never broken.
    const head = Math.max(...table.filter((line) => !line.startsWith(" ")).map((line) => line.trimEnd().length));
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(width, head));
    for (const { id, title } of cards) {
      expect(table.join(" ").replace(/ +/g, " ")).toContain(title);
      expect(table.filter((line) => line.startsWith(`${id} `))).toHaveLength(1);
    }
  });

  it("have a line each where there is room", () => {
    const lines = linesOf(renderRules(cards, { color: false, width: Number.POSITIVE_INFINITY }));
    expect(lines.indexOf("")).toBe(cards.length + 1);
  });

  it("are the same with colours, but for the colours", () => {
    for (const width of [40, 200]) {
      const coloured = renderRules(cards, { color: true, width });
      expect(coloured.replace(/\u001b\[[0-9;]*m/g, "")).toBe(renderRules(cards, { color: false, width }));
      expect(coloured).toContain("\u001b[");
    }
  });
});

describe("a rule on a terminal", () => {
  it.each(cards.map((card) => [card.id, card] as const))("%s fits, but for its links", (_id, card) => {
    const [first = "", ...lines] = linesOf(renderRule(card, { color: false, width: 60 }));
    expect(first.startsWith(`${card.id}  ${card.risk}`)).toBe(true);
    for (const line of lines.filter((each) => !each.includes("://"))) expect(line.length).toBeLessThanOrEqual(60);
    const text = lines.join(" ").replace(/ +/g, " ");
    for (const said of [card.title, card.why, card.fix, ...card.links]) expect(text).toContain(said);
  });
});
