import { describe, expect, test } from "vitest";
import { readMarkdown } from "../report/markdown-reader.ts";
import { commandsIn } from "../report/runner.ts";
import { project } from "../workspace/project.ts";
import { lockkeeper, type Run } from "./cli.ts";

/**
 * What a terminal or the GitHub runner would act on: control characters, characters that turn the direction of text, and lines that
 * are orders to the runner. Nothing of it may come out, whoever wrote the file names and the SQL. Only `--format github` gives
 * orders: its own, which are of three kinds and about a file.
 */
function dangersIn({ stdout, stderr }: Run, format = "text"): readonly string[] {
  const text = stdout + stderr;
  const isOurs = (line: string): boolean => {
    const [command, ...more] = commandsIn(line);
    const isRemark = /^::(?:error|warning|notice) file=/.test(line) && command?.properties.file !== undefined;
    return format === "github" && isRemark && more.length === 0 && !line.includes("##[");
  };
  return [
    ...(text.match(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g) ?? []),
    ...text.split("\n").filter((line) => /^\s*::|##\[/.test(line) && !isOurs(line)),
  ];
}

const formats = ["text", "json", "markdown", "sarif", "github"] as const;

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

  test.each(orders.flatMap((order) => formats.map((format) => [order, format] as const)))(
    "%j in a name, told as %s",
    async (order, format) => {
      const cwd = project({ [`m/001_a${order}.sql`]: "DROP TABLE a;\n", [`m/${order.trim()}.txt`]: "" });
      const run = await lockkeeper(["check", "m", "--format", format], { cwd });
      expect(run).toMatchObject({ status: 1, stderr: "" });
      expect(run.stdout).toContain("drop-table");
      expect(dangersIn(run, format)).toEqual([]);
    },
  );

  const page =
    "`a` |b| *c* [d](https:e.vil) <img src=x> <!-- lockkeeper:check --> @team #12 &amp; \\| ~~~ $x$ _y_ a@b.co www.e.vil";

  test("that would be Markdown or HTML are names on the page of a step", async () => {
    const cwd = project({ [`m/001_${page}.sql`]: "DROP TABLE a;\n" });
    const { stdout } = await lockkeeper(["check", "m", "--format", "markdown"], { cwd });
    const { rows, sections } = readMarkdown(stdout);
    expect(rows[0]?.[0]).toBe(`m/001_${page}.sql`);
    expect(sections[0]?.summary).toBe(`m/001_${page}.sql: 1 finding, critical`);
    expect(stdout).not.toContain("<!--");
  });

  test("lead to their files from SARIF and annotations", async () => {
    const name = `m/001_a%0A,b:c;d=e ${page.replaceAll("/", "")}.sql`;
    const cwd = project({ [name]: "DROP TABLE a;\n" });
    const sarif = await lockkeeper(["check", "m", "--format", "sarif"], { cwd });
    const { uri } = JSON.parse(sarif.stdout).runs[0].results[0].locations[0].physicalLocation.artifactLocation;
    expect(decodeURIComponent(uri)).toBe(name);
    expect(uri).toMatch(/^[\w.~!'()*%/-]+$/);
    const github = await lockkeeper(["check", "m", "--format", "github"], { cwd });
    expect(commandsIn(github.stdout).map(({ properties }) => properties.file)).toEqual([name]);
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
    orders.flatMap((order) => [
      [order],
      ["check", order],
      ["check", `--${order}`],
      ["check", "--format", order],
      ["rules", order],
      ["explain", order],
    ]),
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

  test.each(formats)("with all that comes out harmless told as %s", async (format) => {
    const cwd = project({ "m/001_a.sql": sql });
    const run = await lockkeeper(["check", "m", "--format", format], { cwd });
    expect(run.status).toBe(1);
    for (const rule of ["unbatched-write", "drop-table", "syntax-error"]) expect(run.stdout).toContain(rule);
    expect(dangersIn(run, format)).toEqual([]);
  });

  // Names as long as PostgreSQL takes them, 63 bytes.
  const names = ["``` @team #12 <img src=x>", "<!-- lockkeeper:check -->", "[x](https://e.vil)", "a\n::error::x|```"];
  const inNames = names.map((name) => `CREATE INDEX "${name}" ON "u|v" ("${name}");\nDROP TABLE "${name}";`).join("\n");

  test("in which names are Markdown stays SQL in its block and text around it", async () => {
    const run = await lockkeeper(["check", "m", "--format", "markdown"], { cwd: project({ "m/001_a.sql": inNames }) });
    const { sections } = readMarkdown(run.stdout);
    expect(sections).toHaveLength(1);
    for (const name of names.slice(0, 3)) {
      expect(sections[0]?.paragraphs.join("\n")).toContain(name);
      expect(sections[0]?.sql.join("\n")).toContain(`"${name}"`);
    }
    expect(dangersIn(run)).toEqual([]);
  });

  test("in which names are links is no link in SARIF", async () => {
    const run = await lockkeeper(["check", "m", "--format", "sarif"], { cwd: project({ "m/001_a.sql": inNames }) });
    const { results } = JSON.parse(run.stdout).runs[0];
    const texts: string[] = results.map(({ message }: { message: { text: string } }) => message.text);
    expect(texts.join("\n")).toContain("\\[x\\](https://e.vil)");
    expect(texts.join("\n")).not.toMatch(/(?<!\\)\[/);
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
