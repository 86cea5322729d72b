import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { defaultAppliedBy, defaultConfig, defaultPolicy, risks } from "../../src/config/config.ts";
import { configOf } from "./reading.ts";

const read = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), "utf8");
const page = read("configuration.md");

/** Every key that the schema knows, at any depth. */
function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]: [string, unknown]) =>
    name === "properties" && typeof value === "object" && value !== null
      ? [...Object.keys(value), ...Object.values(value).flatMap(keysOf)]
      : keysOf(value),
  );
}

/** The cells of the table row that starts with this word in code. */
function row(word: string, columns: number): readonly string[] {
  const rows = page.split("\n").filter((line) => line.startsWith("|"));
  const cells = rows.map((line) => line.split("|").map((cell) => cell.trim()));
  const inner = cells.map((each) => each.slice(1, -1));
  return inner.find((each) => each[0] === `\`${word}\`` && each.length === columns) ?? [];
}

test("docs/configuration.md has a row for every key", () => {
  const keys = new Set(keysOf(JSON.parse(read("config.schema.json"))));
  expect(keys.size).toBe(91);
  for (const key of keys) {
    const isRisk = risks.some((risk) => risk === key);
    expect(row(key, isRisk ? 4 : 3), `a row for ${key}`).not.toEqual([]);
  }
});

test("docs/configuration.md names the defaults", () => {
  expect(row("postgres", 3)[2]).toBe(`\`${defaultConfig.postgres}\``);
  expect(row("applied-by", 3)[2]).toBe(`\`${defaultAppliedBy}\``);
  expect(row("allowances", 3)[2]).toBe(`\`${defaultConfig.allowances}\``);
  expect(row("approve-by", 3)[2]).toBe(`\`${defaultConfig.approveBy}\``);
  expect(row("fail-on", 3)[2]).toBe(`\`${defaultPolicy.failOn}\``);
  for (const risk of risks) {
    const { deploy, approvals, backup } = defaultPolicy[risk];
    expect(row(risk, 4).slice(1)).toEqual([`\`${deploy}\``, `\`${approvals}\``, `\`${backup}\``]);
  }
});

test("the example of docs/configuration.md is accepted as it stands, and has every key", () => {
  const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? "";
  const config = configOf(example);
  expect(config.migrations.map(({ directory }) => directory)).toEqual([
    "db/migrations",
    "billing/migrations",
    "app/schema",
    "alembic/versions",
    "shop/steps",
  ]);
  const { critical } = config.policy;
  expect(critical.approvers).toEqual({ people: ["octocat"], teams: ["my-company/dba"] });
  const usual = { ...config.policy, critical: { ...critical, approvers: defaultPolicy.critical.approvers } };
  expect(usual, "the example writes the other defaults out").toEqual(defaultPolicy);
  expect(config.rules.size).toBe(2);
  for (const key of new Set(keysOf(JSON.parse(read("config.schema.json"))))) {
    expect(example).toMatch(new RegExp(`(?:^|[\\s{,-])${key}:`));
  }
});
