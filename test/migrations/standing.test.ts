import { describe, expect, test } from "vitest";
import type { Layout } from "../../src/config/config.ts";
import { layoutOf } from "../../src/migrations/layouts/index.ts";
import type { Migration } from "../../src/migrations/migration.ts";
import type { AppliedVersion, JournalEntry, LedgerState } from "../../src/migrations/recorded.ts";
import { historyOf } from "../../src/migrations/standing.ts";

interface Case {
  readonly layout?: Layout;
  readonly files: readonly string[];
  /** Versions, or versions with their checksums: "1=abc". */
  readonly applied?: readonly string[];
  readonly upTo?: string;
  readonly dirty?: string;
  /** "up 1", "down 1", "partial 1", "up 1=digest"; an attempt each. */
  readonly journal?: readonly string[];
}

/** A file's checksum and digest are "now". */
function standings({ layout = "plain", files, applied = [], upTo, dirty, journal = [] }: Case): string {
  const ledger: LedgerState = {
    exists: true,
    applied: applied.map(appliedOf),
    upTo: upTo ?? null,
    dirty: dirty ?? null,
  };
  const entries = historyOf({
    migrations: files.map(migrationOf),
    ledger,
    journal: journal.map(entryOf),
    order: layoutOf(layout).order,
    checksum: () => "now",
    digest: () => "now",
  });
  return entries.map(({ version, standing, again }) => `${version} ${standing}${again ? " again" : ""}`).join(", ");
}

function migrationOf(version: string): Migration {
  return { version, name: "", up: `${version}_x.sql`, down: null };
}

function appliedOf(text: string): AppliedVersion {
  const [version = "", checksum = null] = text.split("=");
  return { version, name: null, checksum, appliedAt: null };
}

function entryOf(text: string): JournalEntry {
  const [kind = "", rest = ""] = text.split(" ");
  const [version = "", digest = "now"] = rest.split("=");
  const direction = kind === "down" ? "down" : "up";
  const status = kind === "up" || kind === "down" ? "applied" : statusOf(kind);
  return { version, digest, direction, status, finishedAt: null };
}

function statusOf(word: string): JournalEntry["status"] {
  return word === "partial" || word === "undone" || word === "resolved" ? word : "started";
}

describe("files against a ledger with a row for each version", () => {
  test.each<[string, Case, string]>([
    ["nothing is recorded", { files: ["1", "2"] }, "1 pending, 2 pending"],
    ["all is applied", { files: ["1", "2"], applied: ["1", "2"] }, "1 applied, 2 applied"],
    ["the next one is pending", { files: ["1", "2"], applied: ["1"] }, "1 applied, 2 pending"],
    [
      "other spellings of a number are the same",
      { files: ["001", "02"], applied: ["1", "0002"] },
      "001 applied, 02 applied",
    ],
    [
      "spellings count where the tool sorts by text",
      { layout: "dbmate", files: ["01"], applied: ["1"] },
      "01 out-of-order, 1 missing",
    ],
    [
      "one before the newest is out of order",
      { files: ["1", "2", "3", "10"], applied: ["1", "3"] },
      "1 applied, 2 out-of-order, 3 applied, 10 pending",
    ],
    [
      "also where the newest has no file",
      { files: ["1", "2"], applied: ["1", "9"] },
      "1 applied, 2 out-of-order, 9 missing",
    ],
    ["a version without a file is missing", { files: ["2"], applied: ["1", "2"] }, "2 applied, 1 missing"],
    ["what is no version of the layout is missing", { files: ["1"], applied: ["1", "abc"] }, "1 applied, abc missing"],
    ["another checksum is an edit", { files: ["1", "2"], applied: ["1=now", "2=then"] }, "1 applied, 2 edited"],
    [
      "without checksums the journal tells an edit",
      { files: ["1", "2"], applied: ["1", "2"], journal: ["up 1", "up 2=then"] },
      "1 applied, 2 edited",
    ],
    [
      "the ledger's checksum comes before the journal",
      { files: ["1"], applied: ["1=now"], journal: ["up 1=then"] },
      "1 applied",
    ],
    [
      "only the last time counts",
      { files: ["1"], applied: ["1"], journal: ["up 1=then", "down 1=then", "up 1"] },
      "1 applied",
    ],
    [
      "an attempt that stopped inside is unfinished",
      { files: ["1", "2"], applied: ["1"], journal: ["up 1", "partial 2"] },
      "1 applied, 2 unfinished",
    ],
    ["so is one whose runner died", { files: ["1"], journal: ["started 1"] }, "1 unfinished"],
    ["one that was undone is pending", { files: ["1"], journal: ["undone 1"] }, "1 pending"],
    [
      "one that somebody has resolved is as the ledger says",
      { files: ["1", "2"], applied: ["1"], journal: ["partial 1", "resolved 1", "partial 2", "resolved 2"] },
      "1 applied, 2 pending",
    ],
    ["the tool's own mark", { files: ["1", "2"], applied: ["1"], dirty: "2" }, "1 applied, 2 unfinished"],
  ])("%s", (_what, given, expected) => {
    expect(standings(given)).toBe(expected);
  });
});

describe("files against golang-migrate's only row", () => {
  const golang = (upTo: string) => ({ layout: "golang-migrate", upTo, applied: [upTo] }) as const;

  test.each<[string, Case, string]>([
    [
      "all up to it are applied, over gaps",
      { ...golang("3"), files: ["000001", "000003", "000005"] },
      "000001 applied, 000003 applied, 000005 pending",
    ],
    ["a version without a file is missing", { ...golang("4"), files: ["1", "5"] }, "1 applied, 5 pending, 4 missing"],
    ["dirty", { ...golang("2"), dirty: "2", files: ["1", "2", "3"] }, "1 applied, 2 unfinished, 3 pending"],
    [
      "less what the journal says was taken back",
      { ...golang("3"), files: ["1", "2", "3"], journal: ["up 1", "up 2", "up 3", "down 2"] },
      "1 applied, 2 out-of-order, 3 applied",
    ],
    [
      "one that came late, between two that Lockkeeper applied, is not known to be applied",
      { ...golang("4"), files: ["1", "2", "3", "4"], journal: ["up 2", "up 4"] },
      "1 applied, 2 applied, 3 unrecorded, 4 applied",
    ],
    [
      "until somebody has looked",
      { ...golang("4"), files: ["2", "3", "4"], journal: ["up 2", "up 4", "resolved 3"] },
      "2 applied, 3 applied, 4 applied",
    ],
    [
      "what golang-migrate applied afterwards is applied",
      { ...golang("5"), files: ["1", "2", "3", "5"], journal: ["up 1", "up 2"] },
      "1 applied, 2 applied, 3 applied, 5 applied",
    ],
  ])("%s", (_what, given, expected) => {
    expect(standings(given)).toBe(expected);
  });
});

describe("files against Flyway's history", () => {
  test.each<[string, Case, string]>([
    [
      "versions sort by their parts",
      { layout: "flyway", files: ["1.2", "1.10", "2"], applied: ["1.2", "1.10"] },
      "1.2 applied, 1.10 applied, 2 pending",
    ],
    ["1.0 is 1", { layout: "flyway", files: ["1"], applied: ["1.0"] }, "1 applied"],
    [
      "a baseline covers what is before it, with or without a file",
      { layout: "flyway", files: ["1", "3"], upTo: "2" },
      "1 applied, 3 pending",
    ],
    [
      "a repeatable one runs again when it has changed, and is never out of order",
      { layout: "flyway", files: ["1", "2", "R__a", "R__b", "R__c"], applied: ["1", "R__a=now", "R__b=then"] },
      "1 applied, 2 pending, R__a applied, R__b pending again, R__c pending",
    ],
  ])("%s", (_what, given, expected) => {
    expect(standings(given)).toBe(expected);
  });
});
