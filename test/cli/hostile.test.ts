import { describe, expect, test } from "vitest";
import { project } from "../workspace/project.ts";
import { lockkeeper, type Run } from "./cli.ts";

/**
 * What a terminal or the GitHub runner would act on: control characters, characters that turn the direction of text, and lines that
 * are orders to the runner. Nothing of it may come out, whoever wrote the file names and the SQL.
 */
function dangersIn({ stdout, stderr }: Run): readonly string[] {
  const text = stdout + stderr;
  return [
    ...(text.match(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g) ?? []),
    ...text.split("\n").filter((line) => /^\s*::|##\[/.test(line)),
  ];
}

const orders = [
  "\n::error::owned",
  "%0A::error::owned",
  "\u001b[31mred",
  "\u202etxt",
  "##[error]owned",
  "\r::stop-commands::x",
];

describe.skipIf(process.platform === "win32")("file names", () => {
  test.each(orders)("%j in the name of a migration comes out harmless, and the migration is judged", async (order) => {
    const cwd = project({ [`m/001_a${order}.sql`]: "DROP TABLE a;\n", [`m/${order.trim()}.txt`]: "" });
    const run = await lockkeeper(["check", "m"], { cwd });
    expect(run.status).toBe(1);
    expect(run.stdout).toMatch(/^m\/001_a.*:1:1 {2}critical {2}drop-table$/m);
    expect(run.stdout).toMatch(/^Not migrations: m\//m);
    expect(dangersIn(run)).toEqual([]);
  });

  test.each(orders)("%j in a name that no tool takes", async (order) => {
    const cwd = project({ "m/001_a.sql": "SELECT 1;\n", [`m/${order.trim()}.sql`]: "DROP TABLE a;\n" });
    const run = await lockkeeper(["check", "m"], { cwd });
    expect(run.stdout).toContain("medium  unrecognised-file");
    expect(dangersIn(run)).toEqual([]);
  });

  test.each(orders)("%j in a name that an error offers", async (order) => {
    const cwd = project({ [`m/001_a${order}.sql`]: "" });
    const run = await lockkeeper(["check", "m/001_a"], { cwd });
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("did you mean m/001_a");
    expect(dangersIn(run)).toEqual([]);
  });
});

describe("words of the command line", () => {
  test.each(
    orders.flatMap((order) => [[order], ["check", order], ["check", `--${order}`], ["check", "--format", order]]),
  )("%j %j %j", async (...args) => {
    const run = await lockkeeper(args, { cwd: project() });
    expect(run.status).toBe(2);
    expect(dangersIn(run)).toEqual([]);
  });
});

describe("SQL", () => {
  const sql = [
    "-- \u001b]0;title\u0007 \u202e gnihton \u2066",
    "UPDATE users SET note = '",
    "::add-mask::secret",
    "##[group]x",
    "\u009b2J' WHERE id = 1;",
    'DROP TABLE "\u001b[2J\u202e\n::error::x";',
    "::set-output name=a::b",
    ";",
  ].join("\n");

  test("with escapes, bidi characters and orders to the runner comes out harmless", async () => {
    const run = await lockkeeper(["check", "m"], { cwd: project({ "m/001_a.sql": sql }) });
    expect(run.status).toBe(1);
    for (const rule of ["unbatched-write", "drop-table", "syntax-error"]) expect(run.stdout).toContain(`  ${rule}\n`);
    expect(run.stdout).toContain("::add-mask::secret");
    expect(dangersIn(run)).toEqual([]);
  });

  test("with colours, only ours come out", async () => {
    const run = await lockkeeper(["check", "m"], { cwd: project({ "m/001_a.sql": sql }), env: { FORCE_COLOR: "1" } });
    const sequences = new Set(run.stdout.match(/\u001b[^m]*m?/g));
    expect(sequences.size).toBeGreaterThan(2);
    for (const sequence of sequences) expect(sequence).toMatch(/^\u001b\[[0-9;]+m$/);
  });

  test("as JSON it is whole, and nothing in it can act", async () => {
    const run = await lockkeeper(["check", "m", "--format", "json"], { cwd: project({ "m/001_\u001b[2J.sql": sql }) });
    expect(JSON.parse(run.stdout)).toMatchObject({ migrations: [{ path: "m/001_\u001b[2J.sql" }] });
    expect(run.stdout).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|^\s*::/m);
  });
});
