import { type RuleSetting, risks } from "./config.ts";
import type { Reading } from "./reading.ts";
import { found, meant, quote } from "./words.ts";

/** What must be known about a rule to read what a team says about it. */
export interface KnownRule {
  readonly id: string;
  /** False for a rule that guards against certain failure: its word is PostgreSQL's, not ours. */
  readonly canBeTurnedOff: boolean;
}

/** What a team says about single rules. */
export function readRules(
  reading: Reading,
  value: unknown,
  known: readonly KnownRule[],
): ReadonlyMap<string, RuleSetting> {
  const settings = new Map<string, RuleSetting>();
  const rules = reading.map(["rules"], value, "a map of rules and their settings") ?? new Map<string, unknown>();
  for (const [id, setting] of rules) {
    const rule = known.find((one) => one.id === id);
    if (rule === undefined) {
      reading.problem(["rules", id], () => unknownRule(id, known), "key");
    } else if (!rule.canBeTurnedOff) {
      const change = setting === false || setting === "off" ? "cannot be turned off" : "cannot be given another risk";
      const why = "what it finds is refused by PostgreSQL itself, whatever anyone approves";
      reading.problem(["rules", id], `rule ${id} ${change}: ${why}`, "key");
    } else {
      const read = readSetting(reading, id, setting);
      if (read !== null) settings.set(id, read);
    }
  }
  return settings;
}

function unknownRule(id: string, known: readonly KnownRule[]): string {
  const near = meant(
    id,
    known.map((rule) => rule.id),
  );
  return `there is no rule ${quote(id)}${near === null ? "; docs/rules names them all" : `: did you mean ${near}?`}`;
}

function readSetting(reading: Reading, id: string, value: unknown): RuleSetting | null {
  const path = ["rules", id];
  // YAML 1.1 reads a bare `off` as false, YAML 1.2 as text.
  if (value === false || value === "off") return { kind: "off" };
  const expected = `off or { risk: ${risks.join(" | ")} }`;
  const bare = risks.find((risk) => risk === value);
  if (bare !== undefined) {
    reading.problem(path, `rules.${id} is ${quote(bare)}: write { risk: ${bare} }`);
    return null;
  }
  if (value === true || value === "on") {
    reading.problem(path, `rules.${id} is ${found(value)}; a rule is on unless it is turned off: leave the line out`);
    return null;
  }
  const setting = reading.map(path, value, expected);
  if (setting === null) return null;
  reading.unknownKeys(path, setting, ["risk"]);
  if (!setting.has("risk")) {
    reading.problem(path, `rules.${id} has no risk; it must be ${expected}`);
    return null;
  }
  const risk = reading.choice([...path, "risk"], setting.get("risk"), risks);
  return risk === null ? null : { kind: "risk", risk };
}
