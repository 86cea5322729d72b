/**
 * A tool whose migrations are a program: it prints their SQL and applies them, each in a transaction with its row in public.tool_versions.
 * TOOL_FAULT lets it go wrong at a place.
 */
export const toolFiles = (config: string): Readonly<Record<string, string>> => ({
  ".github/lockkeeper.yml": config,
  "tool/steps.json": JSON.stringify(steps),
  "tool.mjs": source,
});

export const steps = [
  { version: "r1", up: "CREATE TABLE one (a int);", down: "DROP TABLE one;" },
  { version: "r2", up: "CREATE TABLE two (a int);", down: "DROP TABLE two;" },
];

/** The config that names it, with these keys over its own. */
export const toolConfig = (other: Readonly<Record<string, string | null>> = {}, rest = ""): string => {
  const keys: Readonly<Record<string, string | null>> = {
    ledger: "{ table: public.tool_versions, column: version }",
    "sql-command": "node tool.mjs print $LOCKKEEPER_TARGET_VERSION",
    "apply-command": "node tool.mjs apply $LOCKKEEPER_TARGET_VERSION",
    "rollback-command": 'node tool.mjs back "$LOCKKEEPER_TARGET_VERSION" "$LOCKKEEPER_STEPS"',
    "rollback-sql-command": 'node tool.mjs print-back "$LOCKKEEPER_TARGET_VERSION" "$LOCKKEEPER_STEPS"',
    ...other,
  };
  const lines = Object.entries(keys).flatMap(([key, value]) => (value === null ? [] : [`    ${key}: ${value}\n`]));
  return `version: 1\nmigrations:\n  - directory: tool\n${lines.join("")}${rest}`;
};

const pg = import.meta.resolve("pg");
const source = `
import { existsSync, readFileSync } from "node:fs";
const { default: pg } = await import(${JSON.stringify(pg)});
const steps = JSON.parse(readFileSync("tool/steps.json", "utf8"));
const [what, target = "", count = ""] = process.argv.slice(2);
const env = process.env;
const fault = env.TOOL_FAULT ?? "";
const had = (env.LOCKKEEPER_APPLIED ?? "").split("\\n").filter((line) => line !== "");
const until = (list) => (target === "" ? list : list.slice(0, list.findIndex(({ version }) => version === target) + 1));
const above = (applied) => {
  const known = steps.filter(({ version }) => applied.includes(version)).reverse();
  return count !== "" ? known.slice(0, Number(count)) : known.slice(0, known.findIndex(({ version }) => version === target));
};
const saw = (name) => process.stderr.write(name + " " + JSON.stringify({ url: env.DATABASE_URL ?? null, had, target }) + "\\n");
if (what === "print" || what === "print-back") {
  saw("printing");
  const list = what === "print" ? until(steps).filter(({ version }) => !had.includes(version)) : above(had);
  for (const { version, up, down } of list) console.log("-- " + version + "\\n" + (what === "print" ? up : down));
  process.exit(0);
}
saw("applying");
while (fault === "wait" && !existsSync("go")) await new Promise((done) => setTimeout(done, 20));
if (fault === "nothing") process.exit(0);
const client = new pg.Client({ connectionString: env.DATABASE_URL, ...(fault === "unnamed" ? { application_name: "mine", options: "" } : {}) });
client.on("error", () => undefined);
await client.connect();
await client.query("CREATE TABLE IF NOT EXISTS tool_versions (version text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())");
const { rows } = await client.query("SELECT version FROM tool_versions");
const applied = rows.map(({ version }) => version);
const forward = what === "apply";
for (const { version, up, down } of forward ? until(steps).filter((each) => !applied.includes(each.version)) : above(applied)) {
  await client.query("BEGIN");
  await client.query(fault === "other" ? "CREATE TABLE other (a int)" : forward ? up : down);
  if (fault === "before-commit") { console.log("no such column: x"); process.exit(5); }
  if (fault === "hang") { console.log("holding"); await client.query("SELECT pg_sleep(60)"); }
  if (fault === "without-ledger") { await client.query("COMMIT"); console.error("lost my way"); process.exit(6); }
  if (fault !== "no-ledger") await client.query(forward ? "INSERT INTO tool_versions (version) VALUES ($1)" : "DELETE FROM tool_versions WHERE version = $1", [version]);
  await client.query("COMMIT");
  if (fault === "after-first") process.exit(7);
}
await client.end();
`;
