import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readCatalog } from "../../src/database/catalog.ts";
import type { MutableCatalog, Table } from "../../src/facts/catalog.ts";
import { display, relation } from "../../src/sql/names.ts";
import { openGrammar } from "../../src/sql/postgres.ts";
import { history } from "../facts/histories.ts";
import { freshDatabase, type SharedPostgres } from "../support/global-postgres.ts";
import { runStatements, sendAsOneString } from "../support/postgres.ts";
import { sessionOf } from "./session.ts";

const database = "live_catalog_test";
let postgres: SharedPostgres;
freshDatabase(database, (server) => {
  postgres = server;
});

/** What the server has after this SQL. */
async function live(sql: string): Promise<MutableCatalog> {
  return postgres.withClient(database, async (client) => {
    await sendAsOneString(client, sql);
    return readCatalog(await sessionOf(client), openGrammar);
  });
}

/** Everything that the catalog holds, one line each, as far as both kinds of catalog know it. */
function pictureOf(catalog: MutableCatalog): readonly string[] {
  const tables = [...catalog.tables()].flatMap((table) => linesOf(table));
  return [
    ...tables,
    ...[...catalog.types].map(([name, { kind, values, base, constrained }]) =>
      JSON.stringify(["type", name, kind, values, base, constrained]),
    ),
    ...[...catalog.functions].map(
      ([name, { language, volatility }]) => `function ${name} ${language} ${volatility ?? "volatile"}`,
    ),
    ...[...catalog.statistics].map(([name, on]) => `statistics ${name} on ${on.map(display)}`),
    ...[...catalog.sequences].map((name) => `sequence ${name}`),
  ].sort();
}

function linesOf({
  relation: of,
  kind,
  columns,
  constraints,
  indexes,
  triggers,
  reads,
  ...more
}: Table): readonly string[] {
  const name = display(of);
  return [
    `${kind} ${name} partition of ${more.partitionOf?.name} ${more.isDefaultPartition} inherits ${more.inherits.map(display)} reads ${reads.map(display).sort()}`,
    // A view's columns are not followed by the static catalog.
    ...(kind === "view" || kind === "materialized-view" ? [] : [...columns]).map(
      ([column, { type, notNull, collation }]) => JSON.stringify([name, column, type, notNull, collation]),
    ),
    ...[...constraints.values()]
      // PostgreSQL 18 names every NOT NULL; SQL mostly does not.
      .filter(({ type }) => type !== "not-null")
      .map(({ name: called, type, columns: of, references, notValid, notEnforced, provesNotNull, onDelete }) =>
        JSON.stringify([
          name,
          called,
          type,
          [...of].sort(),
          references?.table,
          notValid,
          notEnforced,
          provesNotNull,
          onDelete,
        ]),
      ),
    ...[...indexes.values()].map(({ name: called, columns: of, expressions, reads: read, unique }) =>
      JSON.stringify([name, called, of, expressions, [...read].sort(), unique]),
    ),
    ...[...triggers].map(([trigger, calls]) => `${name} trigger ${trigger} ${display(calls)}`),
  ];
}

describe("the server's catalog is the one that its SQL says", () => {
  test.each([
    [
      "columns and their types",
      `CREATE TABLE t (a int NOT NULL, b bigint, c varchar(9), d varchar, e text, f char, g char(5), h numeric(9, 2), i numeric,
        j timestamp, k timestamptz(3), l time(2), m interval, n jsonb, o uuid, p text[], q numeric(5, 1)[], r bytea, s date, u bool, v real, w float8,
        x bit(3), y varbit(5), z text COLLATE "C", "Groß ""und"" klein" int, 한글 text)`,
    ],
    [
      "constraints",
      `CREATE SCHEMA app; CREATE TABLE app.parent (a int PRIMARY KEY, b int, c int, UNIQUE (b, c));
       CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES app.parent ON DELETE CASCADE, c int REFERENCES app.parent (a) ON DELETE RESTRICT,
         d int, e int UNIQUE CHECK (e > 0), f int, CONSTRAINT proof CHECK (f IS NOT NULL), CONSTRAINT two CHECK (f IS NOT NULL AND e > 1),
         FOREIGN KEY (d, e) REFERENCES app.parent (b, c) ON DELETE SET NULL, EXCLUDE USING btree (a WITH =));
       ALTER TABLE t ADD CONSTRAINT later CHECK (d > 3) NOT VALID;
       ALTER TABLE t ADD CONSTRAINT fk_later FOREIGN KEY (f) REFERENCES t NOT VALID;
       ALTER TABLE t ADD CONSTRAINT proof_later CHECK (d IS NOT NULL) NOT VALID`,
    ],
    [
      "indexes",
      `CREATE TABLE t (a int, b int, c text, "D" text); CREATE INDEX ON t (b, a); CREATE UNIQUE INDEX u ON t (c) WHERE a > 0;
       CREATE INDEX ON t (lower(c), a) INCLUDE (b); CREATE INDEX "Index" ON t USING hash ("D")`,
    ],
    [
      "serial and identity columns",
      "CREATE TABLE t (a serial, b bigserial PRIMARY KEY, c int GENERATED ALWAYS AS IDENTITY); CREATE SEQUENCE s",
    ],
    [
      "views, on tables and on views",
      `CREATE TABLE t (a int); CREATE TABLE u (a int); CREATE VIEW v AS SELECT t.a FROM t JOIN u USING (a); CREATE VIEW w AS SELECT * FROM v;
       CREATE MATERIALIZED VIEW m AS SELECT a FROM w; CREATE INDEX ON m (a)`,
    ],
    [
      "partitions and children",
      `CREATE TABLE p (a int, b date NOT NULL) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);
       CREATE TABLE pd PARTITION OF p DEFAULT; CREATE TABLE base (a int); CREATE TABLE child (b int) INHERITS (base)`,
    ],
    [
      "types",
      `CREATE TYPE mood AS ENUM ('b', 'a'); ALTER TYPE mood ADD VALUE 'c'; CREATE DOMAIN short AS varchar(5);
       CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE TYPE pair AS (a int, b int);
       CREATE TABLE t (a mood, b short, c positive NOT NULL, d mood[])`,
    ],
    [
      "functions and triggers",
      `CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
       CREATE FUNCTION g(a int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT a $$; CREATE PROCEDURE p() LANGUAGE sql AS $$ DELETE FROM t $$;
       CREATE TRIGGER "My Trigger" BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()`,
    ],
    ["statistics", "CREATE SCHEMA app; CREATE TABLE app.t (a int, b int); CREATE STATISTICS app.s ON a, b FROM app.t"],
    [
      "what was changed and dropped",
      `CREATE TABLE t (a int PRIMARY KEY, b varchar(5), c int); ALTER TABLE t RENAME TO u; ALTER TABLE u ALTER b TYPE text;
       ALTER TABLE u DROP COLUMN c; ALTER TABLE u RENAME b TO d; ALTER TABLE u ALTER d SET NOT NULL; CREATE INDEX i ON u (d); ALTER INDEX i RENAME TO j`,
    ],
  ])("%s", async (_what, sql) => {
    const written = history();
    await written.apply(sql);
    const picture = pictureOf(await live(sql));
    expect(picture.length).toBeGreaterThan(0);
    expect(picture).toEqual(pictureOf(written.catalog));
  });

  test("after all the sample migrations", async () => {
    const directory = fileURLToPath(new URL("../../migrations/", import.meta.url));
    const files = readdirSync(directory).filter((name) => name.endsWith(".up.sql"));
    const written = history();
    const statements: string[] = [];
    for (const file of files.sort()) {
      const facts = await written.apply(readFileSync(directory + file, "utf8"));
      statements.push(...facts.map(({ statement }) => statement.sql));
    }
    const picture = await postgres.withClient(database, async (client) => {
      await runStatements(client, statements);
      return pictureOf(await readCatalog(await sessionOf(client), openGrammar));
    });
    expect(picture.length).toBeGreaterThan(50);
    expect(picture).toEqual(pictureOf(written.catalog));
  });
});

test("a function's body is read from the server when a migration calls it", async () => {
  const catalog = await live(
    "CREATE TABLE t (a int); CREATE FUNCTION purge() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t; END $$",
  );
  const body = await catalog.function(relation(null, "purge"))?.body?.read();
  expect(body).toMatchObject({ kind: "read", steps: [{ sql: expect.stringContaining("DELETE FROM t") }] });
});

test("nothing is certain where names without a schema mean another one than public", async () => {
  expect((await live("CREATE TABLE t (a int)")).exact).toBe(true);
  const catalog = await live("CREATE SCHEMA app; SET search_path = app, public");
  expect(catalog.exact).toBe(false);
});
