import { describe, expect, test } from "vitest";
import type { LedgerState } from "../../src/migrations/recorded.ts";
import { type CommandSeen, outcomesOf } from "../../src/plan/command-outcome.ts";
import type { Evidence } from "../../src/plan/evidence.ts";
import type { Failure } from "../../src/plan/outcome.ts";
import { history } from "../facts/histories.ts";

const ledger = (...versions: readonly string[]): LedgerState => ({
  exists: true,
  applied: versions.map((version) => ({ version, name: null, checksum: null, appliedAt: null })),
  upTo: null,
  dirty: null,
});
const failure: Failure = {
  ...{ code: "command-failed", message: "The command ended with status 1.", details: [], hint: null },
  ...{ sqlstate: null, at: null },
};

interface Case {
  readonly sql?: string;
  readonly before?: readonly Evidence[];
  readonly after?: readonly Evidence[];
  readonly seen?: Partial<CommandSeen>;
}

/** What is said of a command that was to run this SQL, on a server that others write to. */
async function said({ sql = "CREATE TABLE one (a int);", before = ["not-there"], after = before, seen = {} }: Case) {
  const statements = await history().apply(sql);
  const task = { version: "generated-1", name: "db", path: "db (sql-command)", digest: "", statements, isIn: null };
  const [outcome] = outcomesOf({
    ...{ direction: "up", tasks: [task], before: ledger(), after: ledger(), evidence: [{ before, after }] },
    ...{ wroteNothing: false, sameCatalog: true, failure, ms: 1, retries: 0 },
    ...seen,
  });
  return outcome;
}

describe("a command that has failed", () => {
  test("has left nothing where all that it was to do would be in the catalog, which is as it was", async () => {
    expect(await said({})).toMatchObject({ status: "undone" });
    const transaction =
      "BEGIN; CREATE TABLE one (a int); UPDATE alembic_version SET version_num = 'b' WHERE version_num = 'a'; COMMIT;";
    const untold: readonly Evidence[] = ["untold", "not-there", "untold", "untold"];
    expect(await said({ sql: transaction, before: untold })).toMatchObject({ status: "undone" });
  });

  test.each([
    ["rows that it may have written are in no catalog", { sql: "UPDATE one SET a = 1;", before: ["untold"] }],
    ["something else in the catalog has changed", { seen: { sameCatalog: false } }],
    ["nobody knows what it was to do", { sql: "", before: [] }],
  ] as const)("may have left something where %s", async (_why, of) => {
    expect(await said(of)).toMatchObject({ status: "unknown" });
    // What the server has not committed is nowhere, whatever it was.
    expect(await said({ ...of, seen: { ...("seen" in of ? of.seen : {}), wroteNothing: true } })).toMatchObject({
      status: "undone",
    });
  });

  test("has left a part where the catalog or the ledger shows it", async () => {
    const sql = "CREATE TABLE one (a int); CREATE TABLE two (a int);";
    const half = await said({ sql, before: ["not-there", "not-there"], after: ["there", "not-there"] });
    expect(half).toMatchObject({ status: "partial", done: null });
    expect(half).toMatchObject({
      failure: {
        details: [
          "db (sql-command):1 is there: CREATE TABLE one (a int)",
          "db (sql-command):1 is not there: CREATE TABLE two (a int)",
        ],
      },
    });
    expect(await said({ seen: { after: ledger("a") } })).toMatchObject({ status: "partial", version: "generated-1" });
    expect(await said({ seen: { after: { ...ledger(), dirty: "a" } } })).toMatchObject({ status: "partial" });
  });
});

describe("a command that has ended well", () => {
  test("has applied what it was to do where its ledger has moved, and is called by what that has now", async () => {
    const moved = { before: ledger("a", "x"), after: ledger("b", "x"), failure: null };
    expect(await said({ seen: moved })).toMatchObject({
      ...{ status: "applied", version: "b" },
      ledger: { before: ["a", "x"], after: ["b", "x"] },
    });
  });

  test("has not where it has not moved, whatever the catalog shows", async () => {
    expect(await said({ seen: { failure: null } })).toMatchObject({
      status: "undone",
      failure: { code: "command-without-effect" },
    });
    expect(await said({ after: ["there"], seen: { failure: null } })).toMatchObject({ status: "partial" });
  });
});
