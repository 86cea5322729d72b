import { expect, test } from "vitest";
import { readCases } from "./cases.ts";
import { judge } from "./judge.ts";
import { piecesOf, saferStatements } from "./play.ts";

/** A name that would end a comment, a string and a quoted identifier, if it were let. */
const name = `a\n; DROP TABLE t; --'\r\n"b`;
const quoted = `"${name.replaceAll('"', '""')}"`;

const hostile: readonly (readonly [rule: string, history: string, migration: string])[] = [
  [
    "cannot-run-in-transaction",
    `CREATE TABLE ${quoted} (x int);`,
    `SELECT 1; CREATE INDEX CONCURRENTLY ON ${quoted} (x);`,
  ],
  ["change-column-type", `CREATE TABLE t (${quoted} int);`, `ALTER TABLE t ALTER ${quoted} TYPE bigint;`],
  [
    "constraint-not-valid",
    `CREATE TABLE ${quoted} (x int);`,
    `ALTER TABLE ${quoted} ADD CONSTRAINT ${quoted} CHECK (x > 0);`,
  ],
  [
    "create-index-concurrently",
    `CREATE TABLE ${quoted} (x int) PARTITION BY RANGE (x);`,
    `CREATE INDEX ON ${quoted} (x);`,
  ],
  ["drop-column", `CREATE TABLE t (${quoted} int);`, `ALTER TABLE t DROP COLUMN ${quoted};`],
  ["drop-table", `CREATE TABLE ${quoted} (x int);`, `DROP TABLE ${quoted};`],
  ["set-not-null", `CREATE TABLE ${quoted} (${quoted} int);`, `ALTER TABLE ${quoted} ALTER ${quoted} SET NOT NULL;`],
  ["truncate-table", `CREATE TABLE ${quoted} (x int);`, `TRUNCATE ${quoted};`],
  ["unbatched-write", `CREATE TABLE ${quoted} (x int);`, `DELETE FROM ${quoted} WHERE x = 1;`],
  ["serial-column", `CREATE TABLE t (x int);`, `ALTER TABLE t ADD ${quoted} serial CONSTRAINT ${quoted} UNIQUE;`],
  [
    "serial-column",
    `CREATE TABLE t (x int);`,
    `ALTER TABLE t ADD ${quoted} int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME ${quoted});`,
  ],
  ["volatile-default", `CREATE TABLE t (x int);`, `ALTER TABLE t ADD ${quoted} float DEFAULT random();`],
  ["commit-in-tool-transaction", `CREATE TABLE t (x int);`, `ALTER TABLE t ADD ${quoted} int; COMMIT; DROP TABLE t;`],
  [
    "drop-needed-object",
    `CREATE TABLE t (x int); CREATE VIEW ${quoted} AS SELECT x FROM t;`,
    `ALTER TABLE t DROP COLUMN x;`,
  ],
  [
    "hidden-by-if-not-exists",
    `CREATE TABLE ${quoted} (x int);`,
    `CREATE TABLE IF NOT EXISTS ${quoted} (${quoted} int);`,
  ],
  [
    "lock-held-during-work",
    `CREATE TABLE ${quoted} (x int);`,
    `ALTER TABLE ${quoted} ADD y int; UPDATE ${quoted} SET y = 1;`,
  ],
  ["lock-table", `CREATE TABLE ${quoted} (x int);`, `BEGIN; LOCK TABLE ${quoted}; COMMIT;`],
  ["missing-lock-timeout", `CREATE TABLE ${quoted} (x int);`, `ALTER TABLE ${quoted} ADD y int;`],
  [
    "new-enum-value",
    `CREATE TYPE t AS ENUM ('a');`,
    `ALTER TYPE t ADD VALUE '${name.replaceAll("'", "''")}'; SELECT '${name.replaceAll("'", "''")}'::t;`,
  ],
  ["reindex-concurrently", `CREATE TABLE ${quoted} (x int);`, `REINDEX TABLE ${quoted};`],
  ["rename-object", `CREATE TABLE ${quoted} (x int);`, `ALTER TABLE ${quoted} RENAME TO t;`],
  ["rename-object", `CREATE TABLE ${quoted} (x int);`, `ALTER TABLE ${quoted} RENAME x TO ${quoted};`],
  ["required-column", `CREATE TABLE ${quoted} (x int);`, `ALTER TABLE ${quoted} ADD ${quoted} int NOT NULL;`],
  ["rewrite-table", `CREATE TABLE ${quoted} (x int);`, `VACUUM FULL ${quoted};`],
  [
    "stored-generated-column",
    `CREATE TABLE t (${quoted} int);`,
    `ALTER TABLE t ADD y int GENERATED ALWAYS AS (${quoted} + 1) STORED;`,
  ],
  ["unbatched-insert", `CREATE TABLE ${quoted} (x int); CREATE TABLE t (x int);`, `INSERT INTO ${quoted} TABLE t;`],
  [
    "unique-using-index",
    `CREATE TABLE ${quoted} (${quoted} int);`,
    `ALTER TABLE ${quoted} ADD CONSTRAINT ${quoted} PRIMARY KEY (${quoted});`,
  ],
  [
    "validate-in-same-transaction",
    `CREATE TABLE ${quoted} (x int);`,
    `ALTER TABLE ${quoted} ADD CONSTRAINT ${quoted} CHECK (x > 0) NOT VALID; ALTER TABLE ${quoted} VALIDATE CONSTRAINT ${quoted};`,
  ],
  ["wide-grant", `CREATE TABLE ${quoted} (x int);`, `GRANT SELECT ON ${quoted} TO PUBLIC;`],
];

test.each(hostile)("%s advises nothing that a name slipped in", async (rule, history, migration) => {
  const [one] = readCases(`-- bad: a hostile name\n-- history:\n${history}\n-- migration:\n${migration}\n`, "hostile");
  if (one === undefined) throw new Error("There is no case.");
  const { migrations } = await judge(one);
  const finding = migrations.flatMap(({ findings }) => findings).find((each) => each.rule === rule);
  expect(finding?.safer).toEqual(expect.stringMatching(/\S/));
  if (finding === undefined) return;
  const all = await piecesOf(finding.safer ?? "");
  expect(all.filter(({ isRead, sql }) => !isRead || /^drop/i.test(sql))).toEqual([]);
  // Without its comments it is the same, so no comment has an end that it was not given.
  if (!(finding.safer ?? "").includes(quoted))
    expect((await saferStatements(finding)).map(({ sql }) => sql)).toEqual(all.map(({ sql }) => sql));
});
