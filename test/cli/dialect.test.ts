import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { project } from "../workspace/project.ts";
import { coverageIn, findingsIn, lockkeeper, verdictIn } from "./cli.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const guides = new URL("../fixtures/dialects/sqlite-clean-architecture/migrations/", import.meta.url);
/** The schema that the guides write for SQLite. */
const guidesSchema = Object.fromEntries(
  readdirSync(guides).map((name) => [`app/schema/${name}`, readFileSync(new URL(name, guides), "utf8")]),
);

const config = `version: 1
postgres: 16
migrations:
  - directory: db/migrations
  - directory: shop/migrations
    dialect: mysql
  - directory: app/schema
    dialect: sqlite
`;

const shop = {
  "shop/migrations/001_create_items.sql":
    "CREATE TABLE `order items` (id INT PRIMARY KEY AUTO_INCREMENT, state VARCHAR(20)) ENGINE = InnoDB;\n",
  "shop/migrations/002_close_items.sql": [
    "# it's closed: nobody asks for `state",
    "START TRANSACTION;",
    "DELETE FROM `order items` WHERE state = 'closed';",
    "ALTER TABLE `order items` MODIFY id BIGINT NOT NULL;",
    "COMMIT;",
    "",
  ].join("\n"),
} as const;

const all = {
  ".github/lockkeeper.yml": config,
  "db/migrations/001_create_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY);\n",
  ...shop,
  ...guidesSchema,
};

/** A project with one directory of this dialect. */
function only(dialect: string, files: Readonly<Record<string, string | Buffer>>): string {
  const named = Object.entries(files).map(([name, text]) => [`m/${name}`, text]);
  const yml = `version: 1\nmigrations: [{ directory: m, dialect: ${dialect} }]\n`;
  return project({ ".github/lockkeeper.yml": yml, ...Object.fromEntries(named) });
}

describe("a project with PostgreSQL, MySQL and SQLite", () => {
  test("has each directory judged by its own dialect, in one report that says so", async () => {
    const run = await lockkeeper(["check"], { cwd: project(all) });
    expect(run).toMatchObject({ status: 1, stderr: "" });
    expect(findingsIn(run)).toEqual([
      "shop/migrations/002_close_items.sql:3:1  critical (possible)  unbatched-write",
      "shop/migrations/002_close_items.sql:4:1  medium  implicit-commit",
      "shop/migrations/002_close_items.sql:4:1  high  a change of type",
    ]);
    expect(run.stdout).toContain("    DELETE FROM `order items` WHERE state = 'closed' LIMIT 1000;\n");
    expect(run.stdout).toContain("MySQL ends the transaction of line 2 before it does this");
    expect(run.stdout).toContain("It may take the metadata lock on order items during a rewrite");
    expect(run.stdout).not.toMatch(/ACCESS EXCLUSIVE|CONCURRENTLY|ctid/);
    expect(verdictIn(run)).toBe("Verdict: needs approval (critical).");
    expect(coverageIn(run)).toBe("Checked: 6 files, 13 statements (13 read, 0 unread, 0 opaque), not rehearsed.");
    expect(run.stdout).toContain(
      "Judged for PostgreSQL 16, SQLite (app/schema) and MySQL (shop/migrations), by\n  .github/lockkeeper.yml.\n",
    );
  });

  test("passes with the guides' SQLite schema alone, which says what it was read as", async () => {
    const run = await lockkeeper(["check", "app/schema"], { cwd: project(all) });
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(verdictIn(run)).toBe("Verdict: pass (low).");
    expect(coverageIn(run)).toBe("Checked: 3 files, 7 statements (7 read, 0 unread, 0 opaque), not rehearsed.");
    expect(run.stdout).toContain("Judged for SQLite (app/schema), by .github/lockkeeper.yml.");
    expect(run.stdout).not.toContain("PostgreSQL");
  });

  test("names the dialect of each file in JSON, and keeps to the schema", async () => {
    const run = await lockkeeper(["check", "--format", "json"], { cwd: project(all) });
    const report = JSON.parse(run.stdout);
    const dialects = report.migrations.map(({ path, dialect }: Record<string, string>) => [path, dialect]);
    expect(dialects).toContainEqual(["db/migrations/001_create_users.sql", "postgresql"]);
    expect(dialects).toContainEqual(["shop/migrations/002_close_items.sql", "mysql"]);
    expect(dialects).toContainEqual(["app/schema/000_presupposed.sql", "sqlite"]);
    const published = JSON.parse(readFileSync(`${root}docs/report.schema.json`, "utf8"));
    const validate = new Ajv2020({ strict: false }).compile(published);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each(["markdown", "github", "sarif"])("says it in the form %s, too", async (format) => {
    const run = await lockkeeper(["check", "--format", format], { cwd: project(all) });
    expect(run.stdout).toContain("Judged for PostgreSQL 16, SQLite (app/schema) and MySQL (shop/migrations)");
    if (format === "markdown") expect(run.stdout).toMatch(/002_close_items\.sql` \| \*\*critical\*\* \| MySQL: /);
    if (format === "sarif") expect(run.stdout.match(/"dialect": "mysql"/g)).toHaveLength(3);
  });
});

/** A placeholder as Flyway and others write it. */
const schema = ["$", "{schema}"].join("");

describe("what could not be read", () => {
  test.each([
    ["mysql", "FROBNICATE the table;", "What “FROBNICATE the table” does is not worked out"],
    ["sqlite", "INSERT INTO t VALUES ('x);", "This could not be read as SQLite"],
    ["mariadb", `UPDATE ${schema}.t SET a = 1;`, `MariaDB does not take ${schema}: it is a placeholder.`],
    ["mysql", "CREATE TABLE {{ .Schema }}.t (id INT);", "MySQL does not take {{ .Schema }}: it is a placeholder."],
    ["mysql", "PREPARE s FROM @sql; EXECUTE s;", "What this EXECUTE runs is put together when it runs"],
  ])("is never green, in %s: %s", async (dialect, sql, said) => {
    const run = await lockkeeper(["check"], { cwd: only(dialect, { "001_x.sql": `${sql}\n` }) });
    expect(run.status).toBe(1);
    expect(findingsIn(run).at(-1)).toMatch(/^m\/001_x\.sql:1:\d+ {2}high \(possible\) {2}opaque-statement$/);
    expect(run.stdout.replace(/\n */g, " ")).toContain(said);
    expect(verdictIn(run)).toBe("Verdict: needs approval (high).");
  });

  test("is read where the config has the values", async () => {
    const cwd = project({
      ".github/lockkeeper.yml":
        "version: 1\nmigrations: [{ directory: m, dialect: mysql }]\nvariables: { schema: shop, t: x }\n",
      "m/001_x.sql": `CREATE TABLE ${schema}.items (id INT); SELECT ':t', 1 AS t; DROP TABLE {{ schema }}.old;\n`,
    });
    const run = await lockkeeper(["check"], { cwd });
    expect(findingsIn(run)).toEqual(["m/001_x.sql:1:61  critical  drop-table"]);
    expect(run.stdout).toContain("RENAME TABLE `shop`.`old` TO `shop`.`old_unused`;");
  });

  test("is a file with a NUL byte, in words that hold for every database", async () => {
    const run = await lockkeeper(["check"], { cwd: only("sqlite", { "001_x.sql": Buffer.from("SELECT 1;\0\n") }) });
    expect(verdictIn(run)).toBe("Verdict: blocked (low).");
    expect(run.stdout).toContain("NUL byte at byte 9");
    expect(run.stdout).not.toContain("PostgreSQL");
  });
});

describe("allowances in the comments of another database", () => {
  const drop = "DROP TABLE `it's`;";
  const history = { "001_a.sql": "CREATE TABLE `it's` (id INT);\n" };

  test.each([
    ["mysql", "# lockkeeper:allow drop-table: nobody reads it"],
    ["mysql", "-- lockkeeper:allow drop-table: nobody reads it"],
    ["mariadb", "/* lockkeeper:allow drop-table: nobody reads it */"],
    ["sqlite", "--lockkeeper:allow drop-table: nobody reads it"],
  ])("are read, in %s: %s", async (dialect, comment) => {
    const text = `SELECT 1 AS \`don't\`;\n${comment}\n${drop}\n`;
    const run = await lockkeeper(["check", "m/002_b.sql"], { cwd: only(dialect, { ...history, "002_b.sql": text }) });
    expect(findingsIn(run)).toEqual([
      "m/002_b.sql:2:1  medium  accepted-finding",
      "m/002_b.sql:3:1  critical  drop-table",
    ]);
    expect(run.stdout).toContain("Allowed: nobody reads it");
  });

  test.each([
    ["mysql", "SELECT 'a\n# lockkeeper:allow drop-table: in a string\n';"],
    ["mysql", "SELECT 'a\\'\n-- lockkeeper:allow drop-table: in a string\n';"],
    ["mysql", "SELECT 1\n--lockkeeper:allow drop-table\n;"],
    ["mysql", "/*!50000 SELECT 'lockkeeper:allow drop-table: in code' */;"],
    ["sqlite", "SELECT [a\n-- lockkeeper:allow drop-table: in a name\n];"],
    ["sqlite", "SELECT 'a\\'; SELECT '\n-- lockkeeper:allow drop-table: in a string\n';"],
  ])("are none where the database has no comment, in %s: %s", async (dialect, before) => {
    const text = `${before} ${drop}\n`;
    const run = await lockkeeper(["check", "m/002_b.sql"], { cwd: only(dialect, { ...history, "002_b.sql": text }) });
    expect(run.stdout).not.toContain("Allowed");
    expect(run.stdout).toMatch(/critical( \(possible\))? {2}drop-table/);
  });

  test("are none inside the body of a trigger, and stand behind one again", async () => {
    const text = [
      "DELIMITER $$",
      "CREATE TRIGGER x BEFORE INSERT ON `it's` FOR EACH ROW BEGIN",
      "  # lockkeeper:allow drop-table: in a body",
      "  SET NEW.id = 1;",
      "END$$",
      "DELIMITER ;",
      "# lockkeeper:allow drop-table: nobody reads it",
      drop,
      "",
    ].join("\n");
    const run = await lockkeeper(["check", "m/002_b.sql"], { cwd: only("mysql", { ...history, "002_b.sql": text }) });
    expect(findingsIn(run)).toEqual([
      "m/002_b.sql:7:1  medium  accepted-finding",
      "m/002_b.sql:8:1  critical  drop-table",
    ]);
  });

  test("hold for the whole file in its head, where a tool's mark divides it too", async () => {
    const head = "# lockkeeper:allow drop-table: nobody reads `them";
    const names = { "20260101000000_a.sql": `${head}\n\n-- migrate:up\n${drop}\nDROP TABLE o;\n-- migrate:down\n` };
    const run = await lockkeeper(["check"], { cwd: only("mysql", names) });
    expect(findingsIn(run)).toContain("m/20260101000000_a.sql:1:1  medium  accepted-finding");
    expect(run.stdout.match(/Allowed: nobody reads `them/g)).toHaveLength(2);
  });

  test("of a rule that holds for PostgreSQL alone accept nothing, and that is said", async () => {
    const text = `-- lockkeeper:allow create-index-concurrently: small\nCREATE INDEX i ON \`it's\` (id);\n`;
    const run = await lockkeeper(["check", "m/002_b.sql"], { cwd: only("mysql", { ...history, "002_b.sql": text }) });
    expect(findingsIn(run)[0]).toBe("m/002_b.sql:1:1  low  unused-allowance");
  });
});

test("names and texts of a stranger stay text: no order to the runner, no safer SQL that does something else", async () => {
  const name = "a`; DROP TABLE users; -- \u202e##[error]";
  const written = name.replaceAll("`", "``");
  const files = { "001_a.sql": `CREATE TABLE \`${written}\` (id INT);\n`, "002_b.sql": `DROP TABLE \`${written}\`;\n` };
  const run = await lockkeeper(["check"], { cwd: only("mysql", files) });
  expect(findingsIn(run)).toEqual(["m/002_b.sql:1:1  critical  drop-table"]);
  expect(run.stdout).toContain("RENAME TABLE `a``; DROP TABLE users; -- ");
  expect(run.stdout).not.toContain("\u202e");
  expect(run.stdout).not.toContain("##[error]");
});

describe("what ships", () => {
  test("checks PostgreSQL without loading anything of the other dialects", async () => {
    // A copy that has lost them: what was needed would be missed.
    const dist = join(project({}), "dist");
    cpSync(`${root}dist`, dist, { recursive: true });
    cpSync(`${root}package.json`, join(dist, "../package.json"));
    const lost = readdirSync(dist).filter((name) => /^(?:read|gather|sqlite|mysql|mariadb)-\w+\.js$/.test(name));
    expect(lost.map((name) => name.replace(/-.*/, "")).sort()).toEqual([
      "gather",
      "mariadb",
      "mysql",
      "read",
      "sqlite",
    ]);
    for (const name of lost) rmSync(join(dist, name));
    const cwd = project(all);
    const run = (directory: string) => lockkeeper(["check", directory], { cwd, program: join(dist, "cli.js") });
    expect(await run("db/migrations")).toMatchObject({ status: 0, stderr: "" });
    expect((await run("shop/migrations")).status).toBe(70);
  });

  test("brings the licence of every package whose code is in it", () => {
    const licences = readFileSync(`${root}dist/licences.txt`, "utf8");
    const require = createRequire(import.meta.url);
    for (const name of ["node-sql-parser", "libpg-query", "yaml", "@actions/core", "big-integer"]) {
      const { version, license } = require(`${root}node_modules/${name}/package.json`);
      expect(licences).toContain(`\n${name} ${version} (${license})\n`);
    }
    expect(licences).toContain("Apache License");
    expect(licences).toContain("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION");
    expect(licences).not.toContain(root);
  });
});
