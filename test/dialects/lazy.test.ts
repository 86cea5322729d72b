import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { readDialectScript } from "../../src/sql/dialects/read.ts";

/** Which builds of the parser this process has loaded. */
function loaded(): readonly string[] {
  const files = Object.keys(createRequire(import.meta.url).cache);
  return files.flatMap((file) => /node-sql-parser\/(.*)\.js$/.exec(file.replaceAll("\\", "/"))?.[1] ?? []);
}

// One test: what was loaded once stays loaded.
test("the parser is loaded for the first query of a dialect, and no other build with it", async () => {
  expect(loaded()).toEqual([]);
  await readDialectScript(
    "CREATE TABLE t (a INT); INSERT INTO t VALUES (1); DROP TABLE t; ALTER TABLE t ADD a INT;",
    "mysql",
  );
  expect(loaded()).toEqual([]);
  await readDialectScript("UPDATE t SET a = 1;", "mysql");
  expect(loaded()).toEqual(["build/mysql"]);
  await readDialectScript("SELECT 1;", "sqlite");
  expect(loaded()).toEqual(["build/mysql", "build/sqlite"]);
});
