import { expect, test } from "vitest";
import { lockSentence, lockWords } from "../../src/report/lock-words.ts";
import type { ReportDialect, ReportEffect } from "../../src/report/report.ts";
import { migration, statement } from "./examples.ts";

const relation = "users";
const instant = { kind: "lock", mode: "ACCESS EXCLUSIVE", lasts: "instant", relation, certainty: "possible" } as const;
const rewrite = { kind: "rewrite", why: "every row is converted", relation, certainty: "possible" } as const;
const scan = { kind: "scan", why: "every row is read", relation, certainty: "possible" } as const;

const wordsOf = (dialect: ReportDialect, ...effects: readonly ReportEffect[]): string | null =>
  lockWords(migration({ dialect, statements: [statement({ risk: "high", effects })] }));

test("a table that MySQL or MariaDB copies is behind its metadata lock, which the change itself needs for an instant only", () => {
  for (const dialect of ["mysql", "mariadb"] as const) {
    expect(wordsOf(dialect, instant, rewrite)).toBe("perhaps the metadata lock on users during a rewrite");
    expect(wordsOf(dialect, instant, scan)).toBeNull();
    expect(lockSentence([instant, rewrite], dialect)).toBe(
      "It may take the metadata lock on users during a rewrite: nobody else can write it meanwhile.",
    );
    expect(lockSentence([instant], dialect)).toBe(
      "It may take the metadata lock on users for an instant: nobody else can read or write it meanwhile.",
    );
  }
});

test("SQLite has one lock for the whole database", () => {
  expect(wordsOf("sqlite", scan)).toBe("perhaps the lock of the whole database during a scan");
  expect(wordsOf("sqlite", scan, rewrite)).toBe("perhaps the lock of the whole database during a rewrite");
  expect(lockSentence([scan], "sqlite")).toBe(
    "It may take the lock of the whole database during a scan: nobody else can write it meanwhile.",
  );
});

test("PostgreSQL's locks go by their names, and what has a lock of its own is not counted twice", () => {
  const lock = { ...instant, lasts: "rewrite", certainty: "certain" } as const;
  expect(wordsOf("postgresql", lock, rewrite)).toBe("ACCESS EXCLUSIVE on users during a rewrite");
  expect(wordsOf("postgresql", rewrite)).toBeNull();
});
