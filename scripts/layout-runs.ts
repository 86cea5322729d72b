/**
 * Lets each tool that npm or Debian has apply small projects to a real PostgreSQL, and writes down what came of it: `npx tsx scripts/layout-runs.ts`.
 * test/migrations/layout-runs.test.ts compares that with what Lockkeeper says of the same files.
 */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Postgres, startPostgres } from "../test/support/postgres.ts";
import { withTable } from "./layout-runs-table.ts";
import { type Draft, type Files, install, lay, nameOf, runTool, type Tool, tools } from "./layout-tools.ts";

const base: Draft = { name: "1_base", statements: ["CREATE TABLE base (x int)"] };
const concurrently = "CREATE INDEX CONCURRENTLY base_x ON base (x)";
const table = (name: string) => `CREATE TABLE ${name} (x int)`;
const second = (...statements: readonly string[]): readonly Draft[] => [base, { name: "2_second", statements }];

/** What is tried, by name. */
const cases: Readonly<Record<string, readonly Draft[]>> = {
  "order of names": ["1_a", "10_b", "2_c", "02_d e"].map((name) => ({
    name,
    statements: [table(`t_${name.replace(" ", "_")}`)],
  })),
  "one name twice": ["1_a", "1_b"].map((name) => ({ name, statements: [table(`t_${name}`)] })),
  "a name without a number": [base, { name: "init", statements: [table("unnumbered")] }],
  "a failure in the middle": second(table("before"), table("base")),
  "a failure after COMMIT": second(table("before"), "COMMIT", table("base")),
  "CONCURRENTLY alone": second(concurrently),
  "CONCURRENTLY first": second(concurrently, table("after")),
  "CONCURRENTLY last": second(table("before"), concurrently),
  "CONCURRENTLY after COMMIT": second(table("before"), "COMMIT", concurrently),
  "CONCURRENTLY between, then a failure": second(table("before"), concurrently, table("after"), table("base")),
  "VACUUM last": second(table("before"), "VACUUM base"),
  "BEGIN of its own": second("BEGIN", table("before"), "COMMIT"),
  "CONCURRENTLY alone, asked": [base, { name: "2_second", statements: [concurrently], asks: true }],
  "CONCURRENTLY last, asked": [base, { name: "2_second", statements: [table("before"), concurrently], asks: true }],
};

/** Names of files that are not as usual, each with a table of its own. */
const odd: readonly Draft[] = [
  { name: "1_base", statements: [table("base")] },
  { name: "3_with spaces and 한글", statements: [table("spaces")] },
  { name: "7-hyphen", statements: [table("hyphen")] },
  { name: "8", statements: [table("number_alone")] },
];

interface Result {
  readonly layout: string;
  readonly tool: string;
  readonly case: string;
  readonly directory: string;
  readonly files: Files;
  /** Links (path → target) and empty directories that lie among them. */
  readonly links: Readonly<Record<string, string>>;
  readonly directories: readonly string[];
  readonly failed: boolean;
  /** The line of the tool's output that says what PostgreSQL refused. */
  readonly said: string | null;
  /** The tables and indexes that are there afterwards, in the order in which they were made. */
  readonly made: readonly string[];
}

const results: Result[] = [];
const postgres = await startPostgres();
// The server's process does not keep this one alive, also not while it is being stopped.
const awake = setInterval(() => undefined, 1_000);
const only = process.argv.slice(2);
try {
  for (const tool of tools) if (only.length === 0 || only.includes(tool.layout)) await runAll(tool);
} finally {
  await postgres.stop();
  clearInterval(awake);
}
const path = new URL("../test/fixtures/layouts/runs.json", import.meta.url);
if (only.length > 0) {
  const kept: Result[] = JSON.parse(await readFile(path, "utf8"));
  results.unshift(...kept.filter(({ layout }) => !only.includes(layout)));
}
await mkdir(new URL("./", path), { recursive: true });
await writeFile(path, `${JSON.stringify(results, null, 2)}\n`);
const page = new URL("../docs/layouts.md", import.meta.url);
await writeFile(page, withTable(await readFile(page, "utf8"), results));
for (const { layout, case: name, failed, made, said } of results)
  console.log(
    `${layout}: ${name}: ${failed ? "refused" : "done"}: ${made.join(", ")}${said === null ? "" : ` (${said})`}`,
  );

async function runAll(tool: Tool): Promise<void> {
  const installed = await mkdtemp(join(tmpdir(), "lockkeeper-layouts-"));
  try {
    await install(installed, tool.packages);
    const version = await nameOf(tool, installed);
    for (const [each, drafts] of Object.entries(cases)) {
      const files = tool.namesOnly && !/\bnames?\b/.test(each) ? null : tool.write(drafts);
      if (files !== null) results.push(await runOne(tool, { installed, version, each, files }));
    }
    results.push(await runOdd(tool, { installed, version }), await runCapitals(tool, { installed, version }));
  } finally {
    await rm(installed, { recursive: true, force: true });
  }
}

/** Beside the odd names: a link to a file beside, and a directory with the name of a file. */
async function runOdd(tool: Tool, at: Pick<One, "installed" | "version">): Promise<Result> {
  const files: Record<string, string> = { ...(tool.write(odd) ?? {}) };
  if (tool.entry("x").includes("/")) return runOne(tool, { ...at, each: "odd names", files });
  const [linked] = Object.entries(tool.write([{ name: "5_target", statements: [table("linked")] }]) ?? {});
  if (linked !== undefined) files[linked[0].replace("5_target.sql", "below/target.txt")] = linked[1];
  const links = { [`${tool.directory}/5_link.sql`]: "below/target.txt" };
  return runOne(tool, { ...at, each: "odd names", files, links, directories: [`${tool.directory}/6_directory.sql`] });
}

/** An ending in capitals. */
async function runCapitals(tool: Tool, at: Pick<One, "installed" | "version">): Promise<Result> {
  const drafts = [base, { name: "4_capitals", statements: [table("capitals")] }];
  const written = Object.entries(tool.write(drafts) ?? {});
  const files = written.map(([path, text]) => [path.replace(/(4_capitals.*)\.sql$/, "$1.SQL"), text] as const);
  return runOne(tool, { ...at, each: "an ending in capitals", files: Object.fromEntries(files) });
}

interface One {
  readonly installed: string;
  readonly version: string;
  readonly each: string;
  readonly files: Files;
  readonly links?: Readonly<Record<string, string>>;
  readonly directories?: readonly string[];
}

async function runOne(
  tool: Tool,
  { installed, version, each, files, links = {}, directories = [] }: One,
): Promise<Result> {
  const database = `layouts_${tool.layout}_${results.length}`;
  await postgres.createDatabase(database);
  const cwd = await mkdtemp(join(installed, "project-"));
  await lay(cwd, { ...tool.project, ...files });
  for (const [link, target] of Object.entries(links)) await symlink(target, join(cwd, link));
  for (const directory of directories) await mkdir(join(cwd, directory));
  const url = postgres.url(database);
  const { status, output } = await runTool({ installed, cwd, url }, tool.apply(url));
  const made = await madeIn(postgres, database);
  await postgres.dropDatabase(database);
  const lines = output.split("\n");
  const said =
    lines.find((line) => /cannot|already exists|duplicate/i.test(line)) ?? lines.find((line) => /error/i.test(line));
  return {
    layout: tool.layout,
    tool: version,
    case: each,
    directory: tool.directory,
    files,
    links,
    directories,
    failed: status !== 0,
    said: status === 0 ? null : (said?.replaceAll(cwd, ".").replaceAll(url, "URL").trim().slice(0, 160) ?? null),
    made,
  };
}

/** Our own tables and the index, without those of the tool. */
function madeIn(server: Postgres, database: string): Promise<readonly string[]> {
  return server.withClient(database, async (client) => {
    const { rows } = await client.query<{ relname: string }>(
      "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') AND relname !~ 'migrations' ORDER BY oid",
    );
    return rows.map(({ relname }) => relname);
  });
}
