import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { check } from "../../src/commands/check.ts";
import { type NewRequest, newMigration } from "../../src/commands/new.ts";
import { type Layout, layouts } from "../../src/config/config.ts";
import { UserError } from "../../src/errors.ts";
import { openMaker } from "../../src/workspace/make.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { asAnotherUser, project } from "../workspace/project.ts";

const now = new Date("2026-08-19T14:02:03.456Z");

async function make(cwd: string, request: Partial<NewRequest> = {}, at = now) {
  return newMigration(
    { name: "add email", directory: null, config: null, layout: null, ...request },
    { workspace: openWorkspace(cwd), maker: openMaker(cwd), now: at },
  );
}

/** The lines of the user error that this ends in. */
async function refused(run: Promise<unknown>): Promise<UserError> {
  const error = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof UserError) return error;
  throw new Error("no user error", { cause: error });
}

/** What check finds in the directory: the layout's migrations in order, and the rules that have a word to say. */
async function checked(cwd: string, directory: string, layout: Layout | null = null) {
  const report = await check(
    { paths: [directory], config: null, layout, postgres: null },
    { workspace: openWorkspace(cwd) },
  );
  const rules = report.migrations.flatMap(({ findings }) => findings.map(({ rule }) => rule));
  // What is no migration comes after all that are.
  const taken = report.migrations.filter(({ findings }) => findings.every(({ rule }) => rule !== "unrecognised-file"));
  return { paths: taken.map(({ path }) => path), rules };
}

const empty = "";
const dbmate = "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n";
const goose = "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 1;\n";
const sqlMigrate = "-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 1;\n";
const nodePg = "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 1;\n";
const stamp = "20260819140203";

/** Files that are there, in which layout → the files that are written. */
const cases: readonly (readonly [string, Layout, Record<string, string>, readonly string[]])[] = [
  [
    "golang-migrate, six digits",
    "golang-migrate",
    { "db/000009_a.up.sql": empty, "db/000009_a.down.sql": empty },
    ["db/000010_add_email.up.sql", "db/000010_add_email.down.sql"],
  ],
  [
    "golang-migrate, with a gap and a number of one digit",
    "golang-migrate",
    { "db/1_a.up.sql": empty, "db/1_a.down.sql": empty, "db/7_b.up.sql": empty, "db/7_b.down.sql": empty },
    ["db/8_add_email.up.sql", "db/8_add_email.down.sql"],
  ],
  [
    "golang-migrate, with times",
    "golang-migrate",
    { "db/20260101120000_a.up.sql": empty, "db/20260101120000_a.down.sql": empty },
    [`db/${stamp}_add_email.up.sql`, `db/${stamp}_add_email.down.sql`],
  ],
  [
    "golang-migrate, with seconds since 1970",
    "golang-migrate",
    { "db/1767225600_a.up.sql": empty, "db/1767225600_a.down.sql": empty },
    ["db/1787148123_add_email.up.sql", "db/1787148123_add_email.down.sql"],
  ],
  [
    "a time that is ahead of this clock",
    "golang-migrate",
    { "db/20270101235959_a.up.sql": empty, "db/20270101235959_a.down.sql": empty },
    ["db/20270101235960_add_email.up.sql", "db/20270101235960_add_email.down.sql"],
  ],
  [
    "a file that forgot its .up, and has taken its number",
    "golang-migrate",
    { "db/01_a.up.sql": empty, "db/01_a.down.sql": empty, "db/02_b.sql": empty },
    ["db/03_add_email.up.sql", "db/03_add_email.down.sql"],
  ],
  ["plain", "plain", { "db/001_a.sql": empty }, ["db/002_add_email.sql"]],
  ["plain, with hyphens", "plain", { "db/09-a.sql": empty }, ["db/10-add_email.sql"]],
  [
    "plain, with the way back beside",
    "plain",
    { "db/1_a.sql": empty, "db/1_a.undo.sql": empty },
    ["db/2_add_email.sql", "db/2_add_email.undo.sql"],
  ],
  [
    "Rails' numbers",
    "plain",
    { "db/20260101120000_create_users.sql": empty, "db/20260102120000_add_x.sql": empty },
    [`db/${stamp}_add_email.sql`],
  ],
  ["dbmate", "dbmate", { "db/20260101120000_a.sql": dbmate }, [`db/${stamp}_add_email.sql`]],
  ["goose, with numbers", "goose", { "db/00001_a.sql": goose }, ["db/00002_add_email.sql"]],
  ["goose, with times", "goose", { "db/20260101120000_a.sql": goose }, [`db/${stamp}_add_email.sql`]],
  ["sql-migrate", "sql-migrate", { "db/20260101120000-a2.sql": sqlMigrate }, [`db/${stamp}-add_email.sql`]],
  [
    "sql-migrate, with numbers and an underscore",
    "sql-migrate",
    { "db/9_a.sql": sqlMigrate, "db/1_b.sql": sqlMigrate },
    ["db/10_add_email.sql"],
  ],
  ["flyway", "flyway", { "db/V1__a.sql": empty, "db/V10__b.sql": empty }, ["db/V11__add_email.sql"]],
  ["flyway, with dots", "flyway", { "db/V1.2.9__a.sql": empty }, ["db/V1.2.10__add_email.sql"]],
  ["flyway, with underscores", "flyway", { "db/V1_2__a.sql": empty }, ["db/V1_3__add_email.sql"]],
  [
    "flyway, with undo scripts and a repeatable one",
    "flyway",
    { "db/V1__a.sql": empty, "db/U1__a.sql": empty, "db/R__views.sql": empty },
    ["db/V2__add_email.sql", "db/U2__add_email.sql"],
  ],
  [
    "flyway, with the newest in a directory below",
    "flyway",
    { "db/V1__a.sql": empty, "db/2026/V7__b.sql": empty },
    ["db/V8__add_email.sql"],
  ],
  [
    "prisma, with its lock file",
    "prisma",
    { "db/20260101120000_a/migration.sql": empty, "db/migration_lock.toml": 'provider = "postgresql"\n' },
    [`db/${stamp}_add_email/migration.sql`],
  ],
  [
    "prisma, with its baseline alone",
    "prisma",
    { "db/0_init/migration.sql": empty },
    [`db/${stamp}_add_email/migration.sql`],
  ],
  ["prisma", "prisma", { "db/20260101120000_a/migration.sql": empty }, [`db/${stamp}_add_email/migration.sql`]],
  [
    "supabase",
    "supabase",
    { "supabase/migrations/20260101120000_a.sql": empty },
    [`supabase/migrations/${stamp}_add_email.sql`],
  ],
  ["sqlx", "sqlx", { "db/0001_a.sql": empty }, ["db/0002_add_email.sql"]],
  [
    "sqlx, with down scripts",
    "sqlx",
    { "db/20260101120000_a.up.sql": empty, "db/20260101120000_a.down.sql": empty },
    [`db/${stamp}_add_email.up.sql`, `db/${stamp}_add_email.down.sql`],
  ],
  [
    "diesel",
    "diesel",
    { "db/2026-01-01-120000_a/up.sql": empty, "db/2026-01-01-120000_a/down.sql": empty },
    ["db/2026-08-19-140203_add_email/up.sql", "db/2026-08-19-140203_add_email/down.sql"],
  ],
  [
    "diesel, with its own first migration alone",
    "diesel",
    {
      "db/00000000000000_diesel_initial_setup/up.sql": empty,
      "db/00000000000000_diesel_initial_setup/down.sql": empty,
    },
    ["db/2026-08-19-140203_add_email/up.sql", "db/2026-08-19-140203_add_email/down.sql"],
  ],
  ["node-pg-migrate", "node-pg-migrate", { "db/1767225600000_a.sql": nodePg }, ["db/1787148123456_add-email.sql"]],
];

test("every layout has a case, but the one whose tool keeps a journal", () => {
  expect(layouts.filter((layout) => layout !== "drizzle" && !cases.some(([, id]) => id === layout))).toEqual([]);
});

test.each(cases)("the next one is written as those that are there: %s", async (_what, layout, files, written) => {
  const cwd = project(files);
  const directory = Object.keys(files)[0]?.startsWith("supabase/") === true ? "supabase/migrations" : "db";
  // sqlx has no file of its own kind: it is always named.
  const asked = layout === "sqlx" ? layout : null;
  const made = await make(cwd, { directory, layout: asked });
  expect(made).toEqual({ paths: written, notes: [] });
  for (const path of written) expect(existsSync(join(cwd, path))).toBe(true);
  for (const [path, text] of Object.entries(files)) expect(readFileSync(join(cwd, path), "utf8")).toBe(text);
  const found = await checked(cwd, directory, asked);
  const versioned = found.paths.filter((path) => !path.includes("/R__"));
  expect(versioned.at(-1)).toBe(written[0]);
  expect(found.rules.filter((rule) => /duplicate|missing|unreadable|syntax/.test(rule))).toEqual([]);
});

test.each(layouts.filter((layout) => layout !== "drizzle"))(
  "an empty directory takes the layout that is asked for, and the next one follows it: %s",
  async (layout) => {
    const cwd = project();
    const first = await make(cwd, { layout, name: "하나" });
    const second = await make(cwd, { layout, name: "둘" }, new Date(now.getTime() + 1));
    const third = await make(cwd, { layout, name: "셋" }, new Date(now.getTime() + 60_000));
    const paths = [first, second, third].map((made) => made.paths[0]);
    expect(first.notes).toEqual([]);
    expect(paths.every((path) => path?.startsWith("migrations/") === true)).toBe(true);
    expect((await checked(cwd, "migrations", layout)).paths).toEqual(paths);
  },
);

test("without a layout it is golang-migrate's, which is said, and what else there is", async () => {
  const cwd = project();
  const made = await make(cwd);
  expect(made.paths).toEqual(["migrations/000001_add_email.up.sql", "migrations/000001_add_email.down.sql"]);
  expect(made.notes.join()).toContain("no migration in migrations yet; this one is named for golang-migrate");
  expect(made.notes.join()).toContain("--layout dbmate, goose");
  const supabase = project({ "supabase/config.toml": "" });
  expect((await make(supabase, { directory: "supabase/migrations" })).paths).toEqual([
    `supabase/migrations/${stamp}_add_email.sql`,
  ]);
});

describe("where it goes", () => {
  test("the config names the directory and the layout", async () => {
    const cwd = project({
      ".github/lockkeeper.yml":
        "version: 1\nmigrations:\n  - directory: deploy/sql\n    layout: flyway\n    applied-by: tool\n",
    });
    expect((await make(cwd)).paths).toEqual(["deploy/sql/V1__add_email.sql"]);
  });

  test("one of the usual directories is taken, and of two none", async () => {
    const cwd = project({ "db/migrations/1_a.sql": empty });
    expect((await make(cwd)).paths).toEqual(["db/migrations/2_add_email.sql"]);
    mkdirSync(join(cwd, "migrations"));
    const error = await refused(make(cwd));
    expect(error.code).toBe("directory-ambiguous");
    expect(error.message).toContain("migrations and db/migrations");
    expect(error.hint).toContain("--directory migrations");
  });

  test("a file is no directory, and SQL that is no migration says nothing of the next name", async () => {
    const cwd = project({ "db/seed.sql": empty });
    expect((await refused(make(cwd, { directory: "db/seed.sql" }))).code).toBe("directory-invalid");
    expect((await refused(make(cwd, { directory: "db" }))).code).toBe("layout-unknown");
    expect((await make(cwd, { directory: "db", layout: "plain" })).paths).toEqual(["db/001_add_email.sql"]);
  });

  test("a link that leads out of the project is not written through", async () => {
    const elsewhere = project();
    const cwd = project();
    symlinkSync(elsewhere, join(cwd, "out"));
    for (const directory of ["out", "out/deeper/still"]) {
      const error = await refused(make(cwd, { directory }));
      expect(error.details.join()).toContain("leads out of the project");
    }
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});

describe("the name", () => {
  test.each([
    ["add  email\tto users", "add_email_to_users"],
    ["  전표 참조번호 추가 ", "전표_참조번호_추가"],
    ["Straße-2", "Straße-2"],
    // The letters one by one, as some input methods and file systems write them, are the same word.
    ["가".normalize("NFD"), "가"],
  ])("%j becomes %s", async (name, form) => {
    const made = await make(project(), { name });
    expect(made.paths[0]).toBe(`migrations/000001_${form}.up.sql`);
  });

  test.each([
    ["goose", "AddEmail to-users", "add_email_to_users"],
    ["prisma", "AddEmail", "add_email"],
    ["node-pg-migrate", "add_email now", "add-email-now"],
  ] as const)("%s writes %j in its own way", async (layout, name, form) => {
    expect((await make(project(), { layout, name })).paths[0]).toContain(`_${form}`);
  });

  test.each([
    "",
    "   ",
    "__",
    "../../etc/passwd",
    "a/b",
    "a\\b",
    "a\nb\u0000",
    "::error::x",
    "$(id)",
    "a`id`",
    "a;b",
    "'a'",
    '"a"',
    "a.down",
    ".hidden",
    "a*b",
    "a\u202eb",
    "a\u200bb",
    "\u001b[31mred",
    "한".repeat(100),
  ])("%j is refused, and nothing is written", async (name) => {
    const cwd = project();
    const error = await refused(make(cwd, { name }));
    expect(error.code).toBe("name-invalid");
    expect([error.message, ...error.details, error.hint].join("\n")).not.toMatch(/[\u0000-\u0009\u001b\u202e\u200b]/);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe("what cannot be done", () => {
  test("Drizzle keeps a journal: its own command is the answer", async () => {
    const cwd = project({ "drizzle/0000_a.sql": "SELECT 1;\n--> statement-breakpoint\nSELECT 2;\n" });
    const error = await refused(make(cwd, { directory: "drizzle" }));
    expect(error.code).toBe("layout-generated");
    expect(error.hint).toContain("npx drizzle-kit generate --custom --name add_email");
    expect(readdirSync(join(cwd, "drizzle"))).toEqual(["0000_a.sql"]);
  });

  test("a number after which there is none", async () => {
    const cwd = project({ "db/18446744073709551615_z.up.sql": empty, "db/18446744073709551615_z.down.sql": empty });
    expect((await refused(make(cwd, { directory: "db" }))).code).toBe("version-not-newest");
    expect(readdirSync(join(cwd, "db"))).toHaveLength(2);
  });

  test("names that the tool sorts as text, where the next number would come first", async () => {
    const cwd = project({ "db/9_a.sql": dbmate });
    const error = await refused(make(cwd, { directory: "db" }));
    expect(error.code).toBe("version-not-newest");
    expect(error.message).toContain("10");
  });

  test("half a migration is taken back, with the directories that were made for it", () => {
    const cwd = project({ "db/2_a.down.sql": "mine\n" });
    const maker = openMaker(cwd);
    const made = maker.make([
      { path: "new/deep/2_a.up.sql", text: "x" },
      { path: "db/2_a.down.sql", text: "x" },
    ]);
    expect(made).toEqual({ kind: "exists", path: "db/2_a.down.sql" });
    expect(readFileSync(join(cwd, "db/2_a.down.sql"), "utf8")).toBe("mine\n");
    expect(readdirSync(cwd)).toEqual(["db"]);
  });

  test("nothing is written through a link that stands at the place of the file", () => {
    const cwd = project({ "db/x": "" });
    symlinkSync(join(cwd, "elsewhere.sql"), join(cwd, "db/1_a.sql"));
    expect(openMaker(cwd).make([{ path: "db/1_a.sql", text: "x" }])).toEqual({ kind: "exists", path: "db/1_a.sql" });
    expect(existsSync(join(cwd, "elsewhere.sql"))).toBe(false);
  });

  test("a directory in which nobody may write, and a file in its place", async () => {
    const cwd = project({ "db/1_a.sql": empty });
    chmodSync(join(cwd, "db"), 0o555);
    const made = asAnotherUser(() => openMaker(cwd).make([{ path: "db/2_b.sql", text: "" }]));
    expect(made).toEqual({ kind: "refused", path: "db/2_b.sql", why: "cannot be written: permission denied" });
    writeFileSync(join(cwd, "here"), "");
    expect((await refused(make(cwd, { directory: "here/below" }))).code).toBe("file-not-written");
  });
});
