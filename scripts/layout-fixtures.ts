/**
 * Lets each tool that npm has lay out a small project by its own commands, for the tests: `npx tsx scripts/layout-fixtures.ts`. Only the SQL
 * in the files is ours.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../test/support/postgres.ts";
import { install, lay, nameOf, runTool, type Tool, tools } from "./layout-tools.ts";

const table = "CREATE TABLE users (id integer PRIMARY KEY, email text);";
const index = "CREATE INDEX CONCURRENTLY users_email ON users (email);";

/** The commands that write two migrations, and what is then put into the files: the text before it → what follows there. */
const made: Readonly<
  Record<
    string,
    { readonly commands: readonly (readonly string[])[]; readonly fill: readonly (readonly [RegExp, string])[] }
  >
> = {
  dbmate: {
    commands: [
      ["dbmate", "new", "create_users"],
      ["dbmate", "new", "index users"],
    ],
    fill: [
      [/(?<=^-- migrate:up\n)/, `${table}\n`],
      [/(?<=^-- migrate:up)\n/, ` transaction:false\n${index}\n`],
    ],
  },
  "sql-migrate": {
    commands: [
      ["/usr/bin/sql-migrate", "new", "create_users"],
      ["/usr/bin/sql-migrate", "new", "index users"],
    ],
    fill: [
      [/(?<=^-- \+migrate Up\n)/m, `${table}\n`],
      [/(?<=^-- \+migrate Up)\n/m, ` notransaction\n${index}\n`],
    ],
  },
  "node-pg-migrate": {
    commands: [
      ["node-pg-migrate", "create", "create_users", "-j", "sql"],
      ["node-pg-migrate", "create", "index users", "-j", "sql"],
    ],
    fill: [
      [/(?<=^-- Up Migration\n)/, `${table}\n`],
      [/(?<=^-- Up Migration\n)/, `${index}\n`],
    ],
  },
  supabase: {
    commands: [
      ["supabase", "migration", "new", "create_users"],
      ["supabase", "migration", "new", "index users"],
    ],
    fill: [
      [/^/, `${table}\n`],
      [/^/, `${index}\n`],
    ],
  },
  drizzle: {
    commands: [
      ["drizzle-kit", "generate", "--name", "create_users"],
      ["drizzle-kit", "generate", "--custom", "--name", "index users"],
    ],
    fill: [
      [/$^/, ""],
      [/\s*$/, `\n${index}\n`],
    ],
  },
  prisma: {
    commands: [
      [
        ...["prisma", "migrate", "diff", "--from-empty", "--to-schema-datamodel", "prisma/schema.prisma", "--script"],
        ...["--output", "prisma/migrations/0_init/migration.sql"],
      ],
    ],
    fill: [[/$^/, ""]],
  },
};

const drizzleSchema =
  'import { integer, pgTable, text } from "drizzle-orm/pg-core";\n\nexport const users = pgTable("users", { id: integer().primaryKey(), email: text() });\n';

// Prisma connects even to compare two files.
const postgres = await startPostgres();
const awake = setInterval(() => undefined, 1_000);
const only = process.argv.slice(2);
try {
  for (const tool of tools) if (only.length === 0 || only.includes(tool.layout)) await layOut(tool);
} finally {
  await postgres.stop();
  clearInterval(awake);
}

async function layOut(tool: Tool): Promise<void> {
  const installed = await mkdtemp(join(tmpdir(), "lockkeeper-layouts-"));
  try {
    await install(installed, tool.packages);
    const cwd = await mkdtemp(join(installed, "project-"));
    await lay(cwd, { ...tool.project, ...(tool.layout === "drizzle" ? { "schema.ts": drizzleSchema } : {}) });
    for (const each of [tool.directory, "prisma/migrations/0_init"]) await mkdir(join(cwd, each), { recursive: true });
    const { commands, fill } = made[tool.layout] ?? { commands: [], fill: [] };
    for (const command of commands) {
      const { status, output } = await runTool({ installed, cwd, url: postgres.url("postgres") }, command);
      if (status !== 0) throw new Error(`${command.join(" ")} failed.\n${output}`);
      // Names with a time in them must differ.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
    }
    const directory = join(cwd, tool.directory);
    const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith(".sql")).sort();
    for (const [i, [before, text]] of fill.entries()) {
      const path = join(directory, names[i] ?? "");
      await writeFile(path, (await readFile(path, "utf8")).replace(before, text));
    }
    const target = new URL(`../test/fixtures/layouts/${tool.layout}/`, import.meta.url).pathname;
    await rm(target, { recursive: true, force: true });
    await cp(directory, join(target, tool.directory), { recursive: true });
    await writeFile(join(target, "made-by.txt"), `${await nameOf(tool, installed)}\n`);
    console.log(`${tool.layout}: ${names.join(", ")}`);
  } finally {
    await rm(installed, { recursive: true, force: true });
  }
}
