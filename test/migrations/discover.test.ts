import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Layout } from "../../src/config/config.ts";
import { baseName, directoryOf, discover, join } from "../../src/migrations/discover.ts";
import type { Discovered } from "../../src/migrations/migration.ts";
import type { DirectoryEntry } from "../../src/ports.ts";

const file = (name: string): DirectoryEntry => ({ name, kind: "file", why: null });

function find(names: readonly (string | DirectoryEntry)[], layout: Layout | null = null): Discovered {
  const entries = names.map((entry) => (typeof entry === "string" ? file(entry) : entry));
  const found = discover("db", entries, layout);
  if (found === null) throw new Error("no migrations were found");
  return found;
}

/** The versions as they are spelled, in order. */
const versions = (found: Discovered) => found.migrations.map(({ version }) => version);
/** Up and down of each migration, in order. */
const scripts = (found: Discovered) => found.migrations.map(({ up, down }) => [up, down]);
/** Kind and path of each problem. */
const problems = (found: Discovered) => found.problems.map(({ kind, path }) => `${kind} ${path}`);

function messageFor(found: Discovered, path: string): string {
  return found.problems.find((problem) => problem.path === path)?.message ?? "";
}

const pair = (name: string) => [`${name}.up.sql`, `${name}.down.sql`];

describe("golang-migrate", () => {
  test("versions are numbers of 64 bits: 10 comes after 2, however it is spelled", () => {
    const names = ["10_j", "00003_c", "18446744073709551615_z", "1_a", "0_zero", "2_b", "9223372036854775808_y"];
    const found = find(names.flatMap(pair));
    expect(found.layout).toBe("golang-migrate");
    expect(versions(found)).toEqual(["0", "1", "2", "00003", "10", "9223372036854775808", "18446744073709551615"]);
    expect(found.migrations[3]).toEqual({
      version: "00003",
      name: "c",
      up: "db/00003_c.up.sql",
      down: "db/00003_c.down.sql",
    });
    expect(found.problems).toEqual([]);
  });

  test("a number above 64 bits is no migration to it", () => {
    const found = find([...pair("1_a"), "18446744073709551616_b.up.sql"]);
    expect(versions(found)).toEqual(["1"]);
    expect(problems(found)).toEqual(["unrecognised db/18446744073709551616_b.up.sql"]);
    expect(messageFor(found, "db/18446744073709551616_b.up.sql")).not.toContain("missing");
  });

  test("the order is that of the numbers, whatever order the files come in", () => {
    const version = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
    fc.assert(
      fc.property(fc.uniqueArray(version, { minLength: 1, maxLength: 8 }), fc.nat(4), (numbers, zeros) => {
        const found = find(numbers.map((number) => `${"0".repeat(zeros)}${number}_x.up.sql`));
        const sorted = [...numbers].sort((a, b) => (a < b ? -1 : 1));
        expect(versions(found).map(BigInt)).toEqual(sorted);
      }),
    );
  });

  test.each([
    ["one spelling", ["1_a.up.sql", "1_b.up.sql"]],
    ["two spellings", ["1_a.up.sql", "001_a.up.sql"]],
    ["names that differ in case", ["1_add.up.sql", "1_Add.up.sql"]],
    ["three files", ["1_a.up.sql", "01_b.up.sql", "001_c.up.sql"]],
    ["a copy that an editor left, which it takes for a migration too", ["1_a.up.sql", "1_a.up.sql.orig"]],
  ])("one version in several files is a problem of each of them, and all are judged: %s", (_what, names) => {
    const found = find([...names, ...pair("2_z")]);
    const duplicates = found.problems.filter(({ kind }) => kind === "duplicate-version");
    expect(duplicates.map(({ path }) => path)).toEqual(names.map((name) => `db/${name}`));
    for (const [i, { message }] of duplicates.entries()) {
      for (const other of names.filter((_, j) => j !== i)) expect(message).toContain(other);
    }
    expect(found.migrations.map(({ up }) => up)).toEqual([...names.map((name) => `db/${name}`), "db/2_z.up.sql"]);
  });

  test("two down scripts of one version are both named, and neither is chosen over the one of the same name", () => {
    const found = find(["1_a.up.sql", "1_a.down.sql", "01_b.down.sql"]);
    expect(problems(found)).toEqual(["duplicate-version db/1_a.down.sql", "duplicate-version db/01_b.down.sql"]);
    expect(scripts(found)).toEqual([["db/1_a.up.sql", "db/1_a.down.sql"]]);
  });

  test("a down script belongs to the first of several up scripts where none has its name", () => {
    const found = find(["1_a.up.sql", "1_b.up.sql", "1_b.down.sql", "1_c.down.sql"]);
    expect(scripts(found)).toEqual([
      ["db/1_a.up.sql", "db/1_c.down.sql"],
      ["db/1_b.up.sql", "db/1_b.down.sql"],
    ]);
  });

  test("up and down belong together by their version, whatever their names", () => {
    const found = find(["1_create.up.sql", "01_drop.down.sql"]);
    expect(scripts(found)).toEqual([["db/1_create.up.sql", "db/01_drop.down.sql"]]);
    expect(found.problems).toEqual([]);
  });

  test("a missing down script is a problem of the up script", () => {
    const found = find([...pair("1_a"), "2_b.up.sql"]);
    expect(problems(found)).toEqual(["missing-down db/2_b.up.sql"]);
    expect(scripts(found)).toEqual([
      ["db/1_a.up.sql", "db/1_a.down.sql"],
      ["db/2_b.up.sql", null],
    ]);
  });

  test("a missing up script is a problem of the down script", () => {
    const found = find([...pair("1_a"), "2_b.down.sql"]);
    expect(problems(found)).toEqual(["missing-up db/2_b.down.sql"]);
    expect(found.migrations[1]).toEqual({ version: "2", name: "b", up: null, down: "db/2_b.down.sql" });
  });

  test.each([
    "1_.up.sql",
    "1__x.up.sql",
    "1_a b.up.sql",
    "1_%0A::error::.up.sql",
    "1_'q'\"`$(x).up.sql",
    "1_한글 😀.up.sql",
    "1_a.up.down.up.sql",
    "1_a.up.SQL",
    "1_a.up.pgsql",
    "1_a.up.",
    "1_a\r.up.sql",
  ])("%j is a migration to it", (name) => {
    const found = find([...pair("2_z"), name]);
    expect(found.migrations[0]).toMatchObject({ version: "1", up: `db/${name}`, down: null });
  });

  test.each([
    ["1_a.UP.sql", "upper-case"],
    ["1_a.Up.SQL", "upper-case"],
    ["3_c.sql", "Is .up or .down missing before .sql?"],
    ["3_c.upp.sql", "Is .up or .down missing before .sql?"],
    ["seed.sql", "never applied"],
    ["-1_a.up.sql", "never applied"],
    ["1a_b.up.sql", "never applied"],
    ["１_a.up.sql", "never applied"],
    ["1-a.up.sql", "never applied"],
    ["1_a\nb.up.sql", "never applied"],
  ])("%j is none, and the advice says why", (name, advice) => {
    const found = find([...pair("2_z"), name]);
    expect(versions(found)).toEqual(["2"]);
    expect(problems(found)).toEqual([`unrecognised db/${name}`]);
    expect(messageFor(found, `db/${name}`)).toContain(advice);
  });
});

describe("plain numbering", () => {
  test("a number, then anything; sorted as numbers of any size", () => {
    const found = find([
      "010_b.sql",
      "2.sql",
      "18446744073709551616-big.sql",
      "001 c.sql",
      "20260819120000_x.sql",
      "3.d.sql",
    ]);
    expect(found.layout).toBe("plain");
    expect(versions(found)).toEqual(["001", "2", "3", "010", "20260819120000", "18446744073709551616"]);
    expect(found.problems).toEqual([]);
  });

  test("nobody misses a down script there, but one that is there belongs to its version", () => {
    const found = find(["1_a.sql", "1_a.down.sql", "2_b.sql", "02_b.undo.sql", "3_c.sql"]);
    expect(scripts(found)).toEqual([
      ["db/1_a.sql", "db/1_a.down.sql"],
      ["db/2_b.sql", "db/02_b.undo.sql"],
      ["db/3_c.sql", null],
    ]);
    expect(found.problems).toEqual([]);
  });

  test("one number in two files is a problem of both", () => {
    const found = find(["1_a.sql", "01_b.sql"]);
    expect(problems(found)).toEqual(["duplicate-version db/1_a.sql", "duplicate-version db/01_b.sql"]);
    expect(messageFor(found, "db/1_a.sql")).toContain("01_b.sql");
  });

  test.each([
    ["schema.sql", "never applied"],
    ["1a.sql", "never applied"],
    ["1_A.SQL", "upper-case"],
    ["1_a.Sql", "upper-case"],
  ])("%j is no migration", (name, advice) => {
    const found = find(["2_z.sql", "3_y.sql", name]);
    expect(problems(found)).toEqual([`unrecognised db/${name}`]);
    expect(messageFor(found, `db/${name}`)).toContain(advice);
  });
});

describe("which layout it is", () => {
  test.each([
    ["golang-migrate", ["1_a.up.sql", "2_b.up.sql"]],
    ["golang-migrate", [...pair("1_a"), "seed.sql", "README.md"]],
    // One forgotten .up does not change how every other file is sent.
    ["golang-migrate", [...pair("1_a"), ...pair("2_b"), "3_c.sql"]],
    ["golang-migrate", ["1_a.up.sql", "2_b.sql"]],
    ["plain", ["1_a.sql", "2_b.sql", "3_c.up.sql"]],
    ["plain", ["1_a.sql", "2_b.sql"]],
    ["plain", ["1_a.sql", "2_b.sql", "1_a.up.json", "2_a.up.json", "3_a.up.json"]],
  ])("%s: %j", (layout, names) => {
    expect(find(names).layout).toBe(layout);
  });

  test("what the config says wins", () => {
    expect(versions(find(["1_a.up.sql", "2_b.sql"], "plain"))).toEqual(["1", "2"]);
    const golang = find(["1_a.sql", "2_b.sql"], "golang-migrate");
    expect(golang.migrations).toEqual([]);
    expect(problems(golang)).toEqual(["unrecognised db/1_a.sql", "unrecognised db/2_b.sql"]);
  });

  test.each([[[]], [["README.md"]], [["seed.sql", "schema.sql"]], [["1_a.up.json"]]])(
    "%j is no directory of migrations",
    (names) => {
      expect(discover("db", names.map(file), null)).toBeNull();
    },
  );
});

describe("what is no file", () => {
  const odd = (name: string, kind: "directory" | "refused"): DirectoryEntry => ({
    name,
    kind,
    why: kind === "refused" ? "leads out of the directory" : null,
  });

  test("is a problem where its name is one of a migration, and nothing where it is not", () => {
    const found = find([
      ...pair("1_a"),
      odd("2_b.up.sql", "directory"),
      odd("x.sql", "directory"),
      odd("3_c.up.sql", "refused"),
      odd("4_d.up.pgsql", "refused"),
      odd("more", "directory"),
      odd("pipe", "refused"),
      "README.md",
    ]);
    expect(versions(found)).toEqual(["1"]);
    expect(problems(found)).toEqual([
      "unreadable db/2_b.up.sql",
      "unreadable db/x.sql",
      "unreadable db/3_c.up.sql",
      "unreadable db/4_d.up.pgsql",
    ]);
    expect(messageFor(found, "db/x.sql")).toContain("is a directory");
    expect(messageFor(found, "db/3_c.up.sql")).toContain("leads out of the directory");
    expect(found.ignored).toEqual(["db/README.md"]);
  });

  test("is told even where there is no migration beside it", () => {
    const found = find([odd("1_a.up.sql", "refused")]);
    expect(found.migrations).toEqual([]);
    expect(problems(found)).toEqual(["unreadable db/1_a.up.sql"]);
  });
});

test("no file is lost: each is a script, a problem or ignored", () => {
  const name = fc.oneof(
    fc.stringMatching(/^[01]{1,2}[_-][ab]?(\.up|\.down|\.UP)?\.(sql|SQL|md|sql\.bak)$/),
    fc.string({ unit: "binary", minLength: 1, maxLength: 6 }).map((text) => `${text}.sql`),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { maxLength: 10 }),
      fc.constantFrom(null, "plain", "golang-migrate"),
      (names, layout) => {
        const found = discover("db", names.map(file), layout);
        if (found === null) return;
        const told = new Set([
          ...found.migrations.flatMap(({ up, down }) => [up, down]),
          ...found.problems.map(({ path }) => path),
          ...found.ignored,
        ]);
        expect(names.filter((each) => !told.has(`db/${each}`))).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  ["db", "1.sql", "db/1.sql"],
  ["db/", "1.sql", "db/1.sql"],
  [".", "1.sql", "1.sql"],
  ["/", "1.sql", "/1.sql"],
  ["/a/b", "1.sql", "/a/b/1.sql"],
])("the file of %j and %j is %j, and leads back", (directory, name, path) => {
  expect(join(directory, name)).toBe(path);
  expect(baseName(path)).toBe(name);
  expect(join(directoryOf(path), baseName(path))).toBe(path);
});
