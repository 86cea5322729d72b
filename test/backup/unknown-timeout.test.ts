import { expect, test } from "vitest";
import { isOnlyUnknownTimeout } from "../../src/backup/scratch.ts";

// As pg_restore 17.11 wrote it against a server 15.18, with two jobs.
const known = `pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"
Command was: SET transaction_timeout = 0;`;
const counted = "pg_restore: warning: errors ignored on restore: 2";

test("what an older server does not know of a newer client is no failure of a restore", () => {
  expect(isOnlyUnknownTimeout([known, counted].join("\n"))).toBe(true);
  expect(isOnlyUnknownTimeout([known, known, known, counted].join("\n"))).toBe(true);
});

test.each([
  [
    "another error beside it",
    [known, 'pg_restore: error: could not execute query: ERROR:  relation "x" does not exist', counted],
  ],
  ["data that could not be copied", [known, 'pg_restore: error: COPY failed for table "t": ERROR:  invalid', counted]],
  ["a worker that died", [known, "pg_restore: error: a worker process died unexpectedly"]],
  ["an end that is not there", [known]],
  ["so many errors that the first are not known", [...Array.from({ length: 200 }, () => known), counted]],
  ["nothing", []],
])("a restore with %s has failed", (_what, lines) => {
  expect(isOnlyUnknownTimeout(lines.join("\n"))).toBe(false);
});
