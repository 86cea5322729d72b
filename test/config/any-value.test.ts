import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "../../src/config/parse.ts";
import { UserError } from "../../src/errors.ts";
import { configSource } from "../../src/workspace/yaml.ts";
import { path, rules } from "./reading.ts";

/** Runs it; anything thrown but a UserError with something in it is a failure. */
function acceptsOrRefuses(run: () => unknown): "accepted" | "refused" {
  try {
    run();
    return "accepted";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.code).toBe("config-invalid");
    expect(error.details.length).toBeGreaterThan(0);
    for (const detail of error.details) expect(detail).toMatch(/^(?:\.github\/lockkeeper\.yml:\d+:\d+: \S|… and \d)/);
    // A detail is one line, whatever stands in the file.
    expect(error.details.join("")).not.toMatch(/[\n\r\u001b\u0007]/);
    return "refused";
  }
}

const word = fc.oneof(
  fc.constantFrom(
    "off",
    "on",
    "low",
    "high",
    "never",
    "reviewed",
    "required",
    "plain",
    "tool",
    "db/migrations",
    "..",
    "",
    "\u001b[2J",
    "\n",
  ),
  fc.string({ unit: "binary" }),
);
const scalar = fc.oneof(
  word,
  fc.constantFrom(1, 16, 0, -1, 2.5, Number.NaN, Infinity, null, undefined, true, false),
  fc.anything(),
);
/** Maps with the real keys among others, so that the reading gets deep. */
const keys = fc.constantFrom(
  ...[
    "version",
    "postgres",
    "migrations",
    "policy",
    "rules",
    "directory",
    "layout",
    "applied-by",
    "approve-by",
    "approvers",
    "people",
    "teams",
    "low",
    "critical",
    "fail-on",
  ],
  ...["deploy", "approvals", "backup", "risk", "drop-table", "syntax-error", "__proto__", "constructor", "x"],
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(keys, tie("value"), { maxKeys: 6 }),
  ),
}));

test("any value at all is accepted or refused in words, and never breaks the reading", () => {
  fc.assert(
    fc.property(value, (anything) => {
      const source = { path, value: anything, problems: [], positionOf: () => ({ line: 1, column: 1 }) };
      acceptsOrRefuses(() => parseConfig(source, { rules }));
    }),
    { numRuns: 2000 },
  );
});

const good = `version: 1
postgres: 16
migrations:
  - directory: db/migrations # 마이그레이션
    applied-by: lockkeeper
policy: &p
  low: { deploy: automatic, approvals: 0 }
  fail-on: high
rules: { drop-table: off, "drop-column": { risk: high } }
`;
const bits = [
  "\t",
  "\n",
  "  ",
  ": ",
  "- ",
  "? ",
  "{",
  "}",
  "[",
  "]",
  "&a ",
  "*a",
  "*p",
  "<<: ",
  "!x ",
  "!!set ",
  '"',
  "'",
  "|",
  ">",
  "#",
  "%",
  "---\n",
  "...\n",
  "\0",
  "\u{1f600}",
  "\r",
  "@",
  "a",
];

test("a config with bits of YAML put in and taken out anywhere is accepted or refused in words", () => {
  const edit = fc.tuple(fc.nat(good.length), fc.nat(6), fc.constantFrom("", ...bits));
  let refused = 0;
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
      let text = good;
      for (const [at, cut, bit] of edits) text = text.slice(0, at) + bit + text.slice(at + cut);
      const bytes = new TextEncoder().encode(text);
      if (acceptsOrRefuses(() => parseConfig(configSource({ path, bytes }), { rules })) === "refused") refused += 1;
    }),
    { numRuns: 1500 },
  );
  expect(refused).toBeGreaterThan(0);
});

test("any bytes at all are accepted or refused in words", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      acceptsOrRefuses(() => parseConfig(configSource({ path, bytes }), { rules }));
    }),
    { numRuns: 1000 },
  );
});

test("thousands of problems are told in no time, whatever the file is made of", () => {
  const many = Array.from({ length: 70 }, (_, i) => ({
    id: `a-rule-with-a-long-enough-name-${i}`,
    canBeTurnedOff: true,
  }));
  const unknown = Array.from({ length: 9000 }, (_, i) => `  a-rule-with-a-name-like-those-${i}: x`).join("\n");
  const twice = "low: 1\n".repeat(9000);
  const texts = [
    `version: 1\nrules:\n${unknown}`,
    `${"x".repeat(1_000_000)}: 1`,
    `${twice}a: |\n${" \n".repeat(450_000)}\n`,
  ];
  for (const text of texts) {
    const start = performance.now();
    const bytes = new TextEncoder().encode(text);
    expect(acceptsOrRefuses(() => parseConfig(configSource({ path, bytes }), { rules: many }))).toBe("refused");
    // Not a measurement: a guard against work that grows with the square of the file.
    expect(performance.now() - start).toBeLessThan(5000);
  }
});
