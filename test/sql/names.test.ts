import { afterAll, beforeAll, expect, test } from "vitest";
import { display, includes, key, quoted, quoteIdentifier, relation, same } from "../../src/sql/names.ts";
import { openGrammar } from "../../src/sql/postgres.ts";
import { sharedPostgres } from "../support/global-postgres.ts";

let postgres: Awaited<ReturnType<typeof sharedPostgres>>;
let keywords: readonly string[];

beforeAll(async () => {
  postgres = await sharedPostgres();
  keywords = await postgres.withClient("postgres", async (client) =>
    (await client.query<{ word: string }>("SELECT word FROM pg_get_keywords()")).rows.map(({ word }) => word),
  );
});

afterAll(() => postgres.stop());

test("every keyword of the server can be a name as it is written", async () => {
  const grammar = openGrammar();
  expect(keywords.length).toBeGreaterThan(400);
  const wrong: string[] = [];
  for (const word of keywords) {
    const name = quoteIdentifier(word);
    const sql = `ALTER TABLE ${name}.${name} ADD COLUMN ${name} int; CREATE INDEX ${name} ON ${name} (${name})`;
    if ((await grammar.parse(sql)).kind !== "parsed") wrong.push(word);
  }
  expect(wrong).toEqual([]);
});

test("only words that need it are quoted", async () => {
  const grammar = openGrammar();
  const needless: string[] = [];
  for (const word of keywords.filter((each) => quoteIdentifier(each) !== each)) {
    const [asTable, asColumn] = [`DROP TABLE ${word}`, `SELECT x AS y FROM t WHERE ${word} = 1`];
    const answers = [await grammar.parse(asTable), await grammar.parse(asColumn)];
    if (answers.every(({ kind }) => kind === "parsed")) needless.push(word);
  }
  expect(needless).toEqual([]);
});

test.each([
  ["users", "users"],
  ["_a$1", "_a$1"],
  ["Users", '"Users"'],
  ["1a", '"1a"'],
  ["", '""'],
  ["a b", '"a b"'],
  ['a"b', '"a""b"'],
  ["한글", '"한글"'],
  ["order", '"order"'],
])("%j is written %s", (name, written) => {
  expect(quoteIdentifier(name)).toBe(written);
});

test("public is written or left out, and is the same", () => {
  expect(same(relation("public", "a"), relation(null, "a"))).toBe(true);
  expect(same(relation("app", "a"), relation(null, "a"))).toBe(false);
  expect(key(relation("public", "a"))).toBe(key(relation(undefined, "a")));
  expect(key(relation("a", "b.c"))).not.toBe(key(relation("a.b", "c")));
  expect(display(relation("public", "My Table"))).toBe("My Table");
  expect(display(relation("app", "t"))).toBe("app.t");
  expect(quoted(relation("App", "order"))).toBe('"App"."order"');
  expect(includes([relation("app", "t")], relation("app", "t"))).toBe(true);
});
