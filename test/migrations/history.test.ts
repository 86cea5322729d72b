import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Layout } from "../../src/config/config.ts";
import { discover } from "../../src/migrations/discover.ts";
import { habitsOf } from "../../src/migrations/habits.ts";
import { compare } from "../../src/migrations/history.ts";
import { layoutOf } from "../../src/migrations/layouts/index.ts";

type Files = Readonly<Record<string, string>>;

interface Given {
  readonly base: Files;
  readonly head: Files;
  readonly layout?: Layout;
  readonly appliedBy?: "tool" | "lockkeeper";
}

/** What a directory adds to a commit, by the names of its files. */
function compared({ base, head, layout = "golang-migrate", appliedBy = "tool" }: Given) {
  const migrationsOf = (files: Files) => {
    const entries = Object.keys(files)
      .sort()
      .map((name) => ({ name, kind: "file", why: null }) as const);
    return discover("", entries, layout)?.migrations ?? [];
  };
  const texts = { base, head };
  const { pending, waysBack, problems } = compare(
    { base: migrationsOf(base), head: migrationsOf(head) },
    {
      layout: layoutOf(layout),
      habits: habitsOf(layout, appliedBy),
      commit: "3b1f0c6d2a94",
      digest: (side, path) => {
        const text = texts[side][path];
        return text === undefined ? null : createHash("sha256").update(text).digest("hex");
      },
    },
  );
  return {
    pending: pending.map(({ up, down }) => up ?? down),
    waysBack: waysBack.map(({ down }) => down),
    problems: problems.map(({ kind, path, certainty = "certain" }) => `${kind} ${path} (${certainty})`),
  };
}

const before = { "1_a.up.sql": "a", "1_a.down.sql": "-a", "3_c.up.sql": "c", "3_c.down.sql": "-c" };

test("what the commit does not have is pending, in the order of its tool", () => {
  const head = { ...before, "10_k.up.sql": "k", "9_j.up.sql": "j" };
  expect(compared({ base: before, head })).toEqual({
    pending: ["9_j.up.sql", "10_k.up.sql"],
    waysBack: [],
    problems: [],
  });
});

test("everything is pending where the commit had nothing", () => {
  expect(compared({ base: {}, head: before }).pending).toEqual(["1_a.up.sql", "3_c.up.sql"]);
});

test("nothing is pending where nothing has changed", () => {
  expect(compared({ base: before, head: before })).toEqual({ pending: [], waysBack: [], problems: [] });
});

test("a way back that was corrected or added is looked at, and is no edited migration", () => {
  const { "3_c.down.sql": _, ...base } = before;
  const head = { ...before, "1_a.down.sql": "-a, really" };
  expect(compared({ base, head })).toEqual({
    pending: [],
    waysBack: ["1_a.down.sql", "3_c.down.sql"],
    problems: [],
  });
});

test("two migrations with one text are told apart by their versions when one of them moves", () => {
  const base = { "1_a.up.sql": "same", "2_b.up.sql": "same" };
  const head = { "1_a.up.sql": "same", "4_b.up.sql": "same" };
  expect(compared({ base, head })).toMatchObject({
    pending: [],
    problems: ["renamed-migration 4_b.up.sql (certain)"],
  });
});

describe("a migration that is gone", () => {
  test.each([
    ["golang-migrate", "1_a.up.sql", { "1_a.up.sql": "a", "3_c.up.sql": "c" }, "possible"],
    ["golang-migrate", "3_c.up.sql", { "1_a.up.sql": "a", "3_c.up.sql": "c" }, "certain"],
    ["flyway", "V1__a.sql", { "V1__a.sql": "a", "V3__c.sql": "c" }, "certain"],
    ["sqlx", "1_a.sql", { "1_a.sql": "a", "3_c.sql": "c" }, "certain"],
    ["dbmate", "3_c.sql", { "1_a.sql": "a", "3_c.sql": "c" }, "possible"],
    ["plain", "1_a.sql", { "1_a.sql": "a", "3_c.sql": "c" }, "certain"],
  ] as const)("%s, %s", (layout, name, files, certainty) => {
    const head = Object.fromEntries(Object.entries(files).filter(([each]) => each !== name));
    expect(compared({ base: files, head, layout }).problems).toEqual([`deleted-migration ${name} (${certainty})`]);
  });

  test("is refused by Lockkeeper whatever the layout's tool does", () => {
    const base = { "1_a.sql": "a", "3_c.sql": "c" };
    const given = { base, head: { "3_c.sql": "c" }, layout: "dbmate", appliedBy: "lockkeeper" } as const;
    expect(compared(given).problems).toEqual(["deleted-migration 1_a.sql (certain)"]);
  });
});

describe("a version below the newest of the commit", () => {
  test.each([
    ["golang-migrate", { "1_a.up.sql": "a", "3_c.up.sql": "c" }, "2_b.up.sql", "certain"],
    ["flyway", { "V1__a.sql": "a", "V3__c.sql": "c" }, "V2__b.sql", "certain"],
    ["goose", { "1_a.sql": "a", "3_c.sql": "c" }, "2_b.sql", "certain"],
    ["dbmate", { "1_a.sql": "a", "3_c.sql": "c" }, "2_b.sql", "possible"],
    ["sqlx", { "1_a.sql": "a", "3_c.sql": "c" }, "2_b.sql", "possible"],
  ] as const)("%s", (layout, base, late, certainty) => {
    const found = compared({ base, head: { ...base, [late]: "b" }, layout });
    expect(found).toMatchObject({ pending: [late], problems: [`out-of-order-version ${late} (${certainty})`] });
  });
});

describe("Flyway's repeatable migrations", () => {
  const base = { "R__views.sql": "v1", "V1__a.sql": "a" };

  test("run again when they have changed", () => {
    expect(compared({ base, head: { ...base, "R__views.sql": "v2" }, layout: "flyway" })).toEqual({
      pending: ["R__views.sql"],
      waysBack: [],
      problems: [],
    });
  });

  test("do not stand above new versions", () => {
    expect(compared({ base, head: { ...base, "V2__b.sql": "b" }, layout: "flyway" })).toMatchObject({
      pending: ["V2__b.sql"],
      problems: [],
    });
  });
});

test("Flyway knows a migration by its description too, golang-migrate by its version alone", () => {
  const flyway = { base: { "V1__a.sql": "a" }, head: { "V1__b.sql": "a" }, layout: "flyway" } as const;
  expect(compared(flyway).problems).toEqual(["renamed-migration V1__b.sql (certain)"]);
  const golang = { base: { "1_a.up.sql": "a" }, head: { "1_b.up.sql": "a" } };
  expect(compared(golang).problems).toEqual(["renamed-migration 1_b.up.sql (possible)"]);
});
