import { expect, test } from "vitest";
import { outdated } from "../../src/backup/retention.ts";
import { manifest } from "./manifests.ts";

const now = new Date("2026-11-21T12:00:00Z");
const day = (n: number) => new Date(now.getTime() - n * 86_400_000).toISOString();
const of = (id: string, daysAgo: number, more: Parameters<typeof manifest>[0] = {}) =>
  manifest({ id, time: day(daysAgo), ...more });
const damaged = { proof: { reached: "archive", time: day(0), failed: "database.dump is missing." } } as const;

test("nothing is removed where nothing is said", () => {
  expect(outdated([of("a", 900), of("b", 1)], { days: null, count: null }, now)).toEqual([]);
});

test("the last ones stay, however old", () => {
  expect(outdated([of("a", 30), of("b", 20), of("c", 10)], { days: null, count: 2 }, now)).toEqual(["a"]);
});

test("those of the last days stay, however many", () => {
  expect(outdated([of("a", 9), of("b", 3), of("c", 2), of("d", 1)], { days: 7, count: null }, now)).toEqual(["a"]);
});

test("with both, one reason to stay is enough", () => {
  expect(outdated([of("a", 30), of("b", 20), of("c", 2), of("d", 1)], { days: 7, count: 3 }, now)).toEqual(["a"]);
});

test("the last good one stays, however old it is and however many damaged ones are newer", () => {
  const backups = [of("a", 400), of("b", 2, damaged), of("c", 1, damaged)];
  expect(outdated(backups, { days: 7, count: 1 }, now)).toEqual([]);
  expect(outdated(backups, { days: 1, count: 1 }, now)).toEqual(["c", "b"]);
  expect(outdated([of("a", 400)], { days: 1, count: null }, now)).toEqual([]);
});

test("where none is good, none goes", () => {
  const unproved = { proof: { reached: "none", time: day(0), failed: null } } as const;
  expect(outdated([of("a", 400, damaged), of("b", 300, unproved)], { days: 1, count: 1 }, now)).toEqual([]);
});

test("each database, environment and kind of contents is counted by itself", () => {
  const backups = [
    of("a", 3),
    of("b", 2, { environment: "production" }),
    of("c", 2, { systemIdentifier: "7" }),
    of("d", 2, { database: "other" }),
    of("e", 1, { contents: "schema" }),
    of("f", 1),
  ];
  expect(outdated(backups, { days: null, count: 1 }, now)).toEqual(["a"]);
});
