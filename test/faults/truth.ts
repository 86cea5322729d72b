import type { Postgres } from "../support/postgres.ts";

/**
 * Migrations of every kind of transaction, each of which writes down what it does: what was done twice, or not at all, is seen in
 * `done` and in the catalog. Nothing in them can be repeated without its being seen.
 */
export const migrations = {
  "000001_done.up.sql":
    "CREATE TABLE done (what text NOT NULL);\nCREATE TABLE t (a int);\nINSERT INTO done VALUES ('1');\n",
  "000002_rows.up.sql":
    "INSERT INTO t SELECT generate_series(1, 200);\nALTER TABLE t ADD COLUMN b int;\nINSERT INTO done VALUES ('2');\n",
  "000003_index.up.sql":
    "BEGIN;\nINSERT INTO done VALUES ('3a');\nCOMMIT;\nCREATE INDEX CONCURRENTLY t_a ON t (a);\nBEGIN;\nINSERT INTO done VALUES ('3b');\nCOMMIT;\n",
  "000004_alone.up.sql": "CREATE UNIQUE INDEX CONCURRENTLY t_a_key ON t (a);\n",
  "000005_apart.up.sql":
    "-- lockkeeper:no-transaction\n\nINSERT INTO done VALUES ('5a');\nINSERT INTO done VALUES ('5b');\nVACUUM t;\nINSERT INTO done VALUES ('5c');\n",
  "000006_drop.up.sql": "DROP INDEX CONCURRENTLY t_a;\nINSERT INTO done VALUES ('6');\n",
  "000007_last.up.sql": "ALTER TABLE t ADD COLUMN c text;\nINSERT INTO done VALUES ('7');\n",
} as const;

const marks: Readonly<Record<string, readonly string[]>> = {
  1: ["1"],
  2: ["2"],
  3: ["3a", "3b"],
  4: [],
  5: ["5a", "5b", "5c"],
  6: ["6"],
  7: ["7"],
};
/** After how many statements of its file each mark is there. */
const markedAfter: Readonly<Record<string, number>> = { "3a": 3, "3b": 7, "5a": 1, "5b": 2, "5c": 4, "6": 2 };

/** Everything in which ledger, journal and catalog contradict each other; empty when they agree. */
export async function contradictions(postgres: Postgres, database: string): Promise<readonly string[]> {
  return postgres.withClient(database, async (client) => {
    const ask = async (sql: string): Promise<Record<string, unknown>[]> => (await client.query(sql)).rows;
    const found: string[] = [];
    const there = new Set(
      (await ask("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")).map((r) => r.relname),
    );
    const done = there.has("done") ? (await ask("SELECT what FROM done")).map((row) => String(row.what)) : [];
    const hasLedger = there.has("schema_migrations");
    const [row] = hasLedger ? await ask("SELECT version::text, dirty FROM schema_migrations") : [];
    const upTo = row === undefined ? 0 : Number(row.version) - (row.dirty === true ? 1 : 0);
    const hasJournal = (await ask("SELECT to_regclass('lockkeeper.journal') AS j"))[0]?.j !== null;
    const attempts = hasJournal
      ? await ask(
          "SELECT DISTINCT ON (version) version, status, statement FROM lockkeeper.journal ORDER BY version, number DESC",
        )
      : [];
    for (const each of new Set(done)) {
      const times = done.filter((other) => other === each).length;
      if (times !== 1) found.push(`${each} was done ${times} times`);
    }
    for (const [version, wanted] of Object.entries(marks)) {
      const attempt = attempts.find((each) => Number(each.version) === Number(version));
      const applied = Number(version) <= upTo;
      const inPart = !applied && (attempt?.status === "partial" || attempt?.status === "started");
      if (applied !== (attempt?.status === "applied"))
        found.push(`ledger and journal differ on ${version}: ${applied}, ${attempt?.status}`);
      for (const mark of wanted) {
        const isDone = done.includes(mark);
        const expected = applied || (inPart && Number(attempt?.statement) >= (markedAfter[mark] ?? 99));
        if (isDone !== expected)
          found.push(`${mark} is ${isDone ? "" : "not "}done, and ${version} is ${attempt?.status ?? "untouched"}`);
      }
      if (applied && attempt?.status !== "applied") found.push(`${version} is applied without a word in the journal`);
    }
    const invalid = await ask("SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid");
    const open = attempts.some((each) => each.status === "partial" || each.status === "started");
    if (invalid.length > 0 && !open) found.push(`INVALID without a trace: ${invalid.map(({ name }) => name).join()}`);
    if (upTo >= 4 && !there.has("t_a_key")) found.push("t_a_key is missing");
    if (upTo >= 3 && upTo < 5 && !there.has("t_a")) found.push("t_a is missing");
    if (upTo >= 6 && there.has("t_a")) found.push("t_a is still there");
    return found;
  });
}

/** What is missing of the whole of it; empty when everything is there once. */
export async function unfinished(postgres: Postgres, database: string): Promise<readonly string[]> {
  const wrong = [...(await contradictions(postgres, database))];
  await postgres.withClient(database, async (client) => {
    const { rows } = await client.query("SELECT version::int, dirty FROM schema_migrations");
    if (rows.length !== 1 || rows[0].version !== 7 || rows[0].dirty)
      wrong.push(`the ledger says ${JSON.stringify(rows)}`);
    const broken = await client.query("SELECT FROM pg_index WHERE NOT indisvalid");
    if (broken.rowCount !== 0) wrong.push("an index is INVALID");
  });
  return wrong;
}
