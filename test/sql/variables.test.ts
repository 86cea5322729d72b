import { expect, test } from "vitest";
import { readScript } from "../../src/sql/parse.ts";
import { openGrammar } from "../../src/sql/postgres.ts";
import { fillIn, placeholders } from "../../src/sql/variables.ts";

const values = new Map([
  ["schema", "app"],
  ["n", "7"],
  ["who", `o'ne"il`],
  ["long_name", "a_value_that_is_longer_than_its_placeholder"],
]);

test.each([
  ["CREATE TABLE {{ schema }}.t (id int)", "CREATE TABLE app.t (id int)"],
  ["CREATE TABLE {{.schema}}.t (id int)", "CREATE TABLE app.t (id int)"],
  [`CREATE TABLE \${schema}.t (id int)`, "CREATE TABLE app.t (id int)"],
  [`SELECT '\${schema}', '{{schema}}'`, "SELECT 'app', 'app'"],
  ["SELECT :n, :'who', :\"who\"", `SELECT 7, 'o''ne"il', "o'ne""il"`],
  ["SELECT ':n', 1::n, a[1:n], $$ :n $$ -- :n", "SELECT ':n', 1::n, a[1:n], $$ :n $$ -- :n"],
  [`SELECT '\${unknown}', :unknown`, `SELECT '\${unknown}', :unknown`],
])("%s is read as %s", (written, filled) => {
  expect(fillIn(written, values).text).toBe(filled);
});

test("a cast, a slice and an assignment are no placeholders", () => {
  expect([...placeholders("SELECT a::text, b[1:2], c := 3, '{}'::jsonb, f(x => 1)")]).toEqual([]);
});

test("lines and columns stay those of the file, before, in and behind a value of another length", async () => {
  const text = `SELECT :n; DROP TABLE {{ long_name }}.a; DROP TABLE b;\nDROP TABLE \${n}\${schema}; SELECT 1;`;
  const { text: filled, lines } = fillIn(text, values);
  const script = await readScript(filled, openGrammar(18), lines);
  const written = script.pieces.map(({ span }) =>
    text.split("\n")[span.line - 1]?.slice(span.column - 1, span.endColumn - 1),
  );
  expect(written).toEqual([
    "SELECT :n",
    "DROP TABLE {{ long_name }}.a",
    "DROP TABLE b",
    `DROP TABLE \${n}\${schema}`,
    "SELECT 1",
  ]);
});

test.each([
  ["CREATE TABLE {{ schema }}.t (id int);", "{{ schema }}", "(schema: …)"],
  [`DROP TABLE \${schema}.t;`, `\${schema}`, "(schema: …)"],
  ["SELECT * FROM t WHERE id = :id;", ":id", "(id: …)"],
  ["{{ if .Prod }} SELECT 1; {{ end }}", "{{ if .Prod }}", "another program fills it in"],
])("a statement with a placeholder that has no value is unread, and says which: %s", async (text, written, remedy) => {
  const { pieces } = await readScript(text, openGrammar(18));
  expect(pieces[0]).toMatchObject({ kind: "unread", why: "placeholder" });
  const message = pieces[0]?.kind === "unread" ? pieces[0].message : "";
  expect(message).toContain(written);
  expect(message).toContain(remedy);
});

test("an error of the author's is still one", async () => {
  const { pieces } = await readScript("SELEC 1, {{ schema }};", openGrammar(18));
  expect(pieces[0]).toMatchObject({ why: "syntax-error" });
});
