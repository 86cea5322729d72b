import { spawnSync } from "node:child_process";

/** Runs what it reads on standard input, and answers on standard output: a stand-in for node:sqlite, which Node 20 has not. */
const program = `
import json, sqlite3, sys
asked = json.load(sys.stdin)
if "complete" in asked:
    print(json.dumps([sqlite3.complete_statement(text) for text in asked["complete"]]))
    sys.exit()
db = sqlite3.connect(":memory:", isolation_level=None)
said = []
for sql in asked["run"]:
    try:
        said.append({"rows": [list(row) for row in db.execute(sql).fetchall()]})
    except sqlite3.Error as error:
        said.append({"error": str(error)})
print(json.dumps(said))
`;

/** Null where SQLite can be asked, otherwise why not. */
export const whyNoSqlite: string | null = (() => {
  const asked = spawnSync("python3", ["-c", "import sqlite3; print(sqlite3.sqlite_version)"], { encoding: "utf8" });
  if (asked.error !== undefined || asked.status !== 0) return "python3 with its sqlite3 is not here";
  const [major = 0, minor = 0] = asked.stdout.trim().split(".").map(Number);
  return major > 3 || minor >= 35 ? null : `SQLite ${asked.stdout.trim()} has no DROP COLUMN`;
})();

function ask(input: object): unknown {
  const asked = spawnSync("python3", ["-c", program], { input: JSON.stringify(input), encoding: "utf8" });
  if (asked.status !== 0) throw new Error(asked.stderr);
  return JSON.parse(asked.stdout);
}

export interface Answer {
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: string;
}

/** What SQLite says of each statement, on a new database. */
export function run(statements: readonly string[]): readonly Answer[] {
  const said = ask({ run: statements });
  if (!Array.isArray(said)) throw new Error("no answer");
  return said;
}

/** Whether SQLite's shell would send each of these texts, or wait for more. */
export function isComplete(texts: readonly string[]): readonly boolean[] {
  const said = ask({ complete: texts });
  if (!Array.isArray(said)) throw new Error("no answer");
  return said;
}
