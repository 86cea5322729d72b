import { describe, expect, test } from "vitest";
import type { Window } from "../../src/config/window.ts";
import { isOpen, nextOpening } from "../../src/deploy/window.ts";
import { configOf } from "../config/reading.ts";

function windowOf(text: string): Window {
  const window = configOf(`version: 1\nenvironments: { a: { window: "${text}" } }`).environments.get("a")?.window;
  if (window === undefined || window === null) throw new Error("there is no window");
  return window;
}

const at = (instant: string) => new Date(instant);

describe("a window is open", () => {
  test.each([
    ["02:00-06:00 UTC", "2026-03-01T01:59:59Z", false],
    ["02:00-06:00 UTC", "2026-03-01T02:00:00Z", true],
    ["02:00-06:00 UTC", "2026-03-01T05:59:59Z", true],
    ["02:00-06:00 UTC", "2026-03-01T06:00:00Z", false],
    // Seoul is nine hours ahead, all the year.
    ["02:00-06:00 Asia/Seoul", "2026-07-01T17:00:00Z", true],
    ["02:00-06:00 Asia/Seoul", "2026-07-01T03:00:00Z", false],
    ["23:00-01:30 UTC", "2026-03-01T23:00:00Z", true],
    ["23:00-01:30 UTC", "2026-03-02T01:29:00Z", true],
    ["23:00-01:30 UTC", "2026-03-02T01:30:00Z", false],
    ["23:00-01:30 UTC", "2026-03-02T12:00:00Z", false],
    ["00:00-23:59 UTC", "2026-03-02T00:00:00Z", true],
    // Berlin: one hour ahead in winter, two in summer.
    ["02:00-04:00 Europe/Berlin", "2026-01-15T01:30:00Z", true],
    ["02:00-04:00 Europe/Berlin", "2026-07-15T01:30:00Z", true],
    ["02:00-04:00 Europe/Berlin", "2026-07-15T02:30:00Z", false],
    // On 29 March 2026 its clocks go from 02:00 to 03:00 at 01:00 UTC.
    ["02:00-04:00 Europe/Berlin", "2026-03-29T00:59:00Z", false],
    ["02:00-04:00 Europe/Berlin", "2026-03-29T01:00:00Z", true],
    ["02:00-03:00 Europe/Berlin", "2026-03-29T01:00:00Z", false],
    // On 25 October they go from 03:00 back to 02:00 at 01:00 UTC: the hour is there twice.
    ["02:00-03:00 Europe/Berlin", "2026-10-25T00:30:00Z", true],
    ["02:00-03:00 Europe/Berlin", "2026-10-25T01:30:00Z", true],
    ["02:00-03:00 Europe/Berlin", "2026-10-25T02:00:00Z", false],
    ["05:45-06:00 Asia/Kathmandu", "2026-03-01T00:00:00Z", true],
  ])("%s at %s: %s", (text, instant, open) => {
    expect(isOpen(windowOf(text), at(instant))).toBe(open);
  });
});

test.each([
  ["02:00-06:00 Asia/Seoul", "2026-03-01T12:00:30Z", "2026-03-01T17:00:00.000Z"],
  ["02:00-06:00 UTC", "2026-03-01T06:00:00Z", "2026-03-02T02:00:00.000Z"],
  // The day on which the hour is left out.
  ["02:00-03:00 Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-30T00:00:00.000Z"],
])("after %s is closed at %s, it opens at %s", (text, now, opening) => {
  expect(nextOpening(windowOf(text), at(now))?.toISOString()).toBe(opening);
});
