/** The migration tools that the npm registry and Debian have: how each lays out a migration, and how it applies what is there. */
import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Layout } from "../src/config/config.ts";

/** Files by their path from the project's root. */
export type Files = Readonly<Record<string, string>>;

/** One migration as a case thinks of it. */
export interface Draft {
  /** Number and name: 10_b. */
  readonly name: string;
  readonly statements: readonly string[];
  /** Whether it asks its tool for no transaction. */
  readonly asks?: boolean;
}

export interface Tool {
  readonly layout: Layout;
  /** What npm installs, with versions. The first is the tool; none where Debian has it, in a package of the layout's name. */
  readonly packages: readonly string[];
  readonly directory: string;
  /** The files of these migrations in the tool's form; null where it has no way to ask for no transaction. */
  write(drafts: readonly Draft[]): Files | null;
  /** Whether its way of sending is not the one of everyday, so that only what it makes of names counts. */
  readonly namesOnly: boolean;
  /** What else the project needs. */
  readonly project: Files;
  /** The name of a file or directory of this migration, for cases about names. */
  entry(name: string): string;
  /** The words that apply everything, after npx. */
  apply(url: string): readonly string[];
}

const sql = (statements: readonly string[]): string => statements.map((each) => `${each};\n`).join("");
const files = (drafts: readonly Draft[], file: (draft: Draft) => readonly [string, string]): Files =>
  Object.fromEntries(drafts.map(file));
const none = (drafts: readonly Draft[]): boolean => drafts.some(({ asks }) => asks === true);

const dbmate: Tool = {
  layout: "dbmate",
  packages: ["dbmate@2.36.0"],
  directory: "db/migrations",
  namesOnly: false,
  project: {},
  entry: (name) => `${name}.sql`,
  write: (drafts) =>
    files(drafts, ({ name, statements, asks }) => [
      `db/migrations/${name}.sql`,
      `-- migrate:up${asks === true ? " transaction:false" : ""}\n${sql(statements)}\n-- migrate:down\n`,
    ]),
  apply: (url) => ["dbmate", "--url", url, "--no-dump-schema", "migrate"],
};

const sqlMigrate: Tool = {
  layout: "sql-migrate",
  packages: [],
  directory: "migrations",
  namesOnly: false,
  project: { "dbconfig.yml": "development:\n  dialect: postgres\n  datasource: $DATABASE_URL\n  dir: migrations\n" },
  entry: (name) => `${name}.sql`,
  write: (drafts) =>
    files(drafts, ({ name, statements, asks }) => [
      `migrations/${name}.sql`,
      `-- +migrate Up${asks === true ? " notransaction" : ""}\n${sql(statements)}\n-- +migrate Down\n`,
    ]),
  apply: () => ["/usr/bin/sql-migrate", "up"],
};

const nodePgMigrate: Tool = {
  layout: "node-pg-migrate",
  packages: ["node-pg-migrate@9.0.0", "pg@8.23.1"],
  directory: "migrations",
  namesOnly: false,
  project: {},
  entry: (name) => `${name}.sql`,
  write: (drafts) =>
    none(drafts)
      ? null
      : files(drafts, ({ name, statements }) => [
          `migrations/${name}.sql`,
          `-- Up Migration\n${sql(statements)}\n-- Down Migration\n`,
        ]),
  apply: () => ["node-pg-migrate", "up"],
};

const supabase: Tool = {
  layout: "supabase",
  packages: ["supabase@3.1.0"],
  directory: "supabase/migrations",
  namesOnly: false,
  project: { "supabase/config.toml": 'project_id = "layouts"\n' },
  entry: (name) => `${name}.sql`,
  write: (drafts) =>
    none(drafts) ? null : files(drafts, ({ name, statements }) => [`supabase/migrations/${name}.sql`, sql(statements)]),
  apply: (url) => ["supabase", "db", "push", "--remote", url, "--yes"],
};

const drizzle: Tool = {
  layout: "drizzle",
  packages: ["drizzle-kit@0.31.11", "drizzle-orm@0.45.4", "pg@8.23.1"],
  directory: "drizzle",
  namesOnly: false,
  project: {
    "drizzle.config.ts":
      'export default { dialect: "postgresql", schema: "./schema.ts", out: "./drizzle", dbCredentials: { url: process.env.DATABASE_URL } };\n',
  },
  entry: (name) => `${name}.sql`,
  write(drafts) {
    if (none(drafts)) return null;
    const entries = drafts.map(({ name }, idx) => ({
      idx,
      version: "7",
      when: 1767225600000 + idx,
      tag: name,
      breakpoints: true,
    }));
    return {
      ...files(drafts, ({ name, statements }) => [
        `drizzle/${name}.sql`,
        statements.map((each) => `${each};`).join("\n--> statement-breakpoint\n"),
      ]),
      "drizzle/meta/_journal.json": `${JSON.stringify({ version: "7", dialect: "postgresql", entries }, null, 2)}\n`,
    };
  },
  apply: () => ["drizzle-kit", "migrate"],
};

/**
 * Prisma's own engine comes from a host of its own, which not every network reaches. The same engine as WebAssembly is in the package, and
 * runs with a driver of JavaScript, which has to be told that `name` is a text. That driver sends statement by statement, which the other does not.
 */
const prisma: Tool = {
  layout: "prisma",
  packages: ["prisma@6.19.3", "@prisma/adapter-pg@6.19.3", "pg@8.23.1"],
  directory: "prisma/migrations",
  namesOnly: true,
  project: {
    "prisma/schema.prisma":
      'datasource db {\n  provider = "postgresql"\n  url      = env("DATABASE_URL")\n}\n\nmodel users {\n  id    Int     @id\n  email String?\n}\n',
    "prisma.config.ts": `import { PrismaPg } from "@prisma/adapter-pg";
import Result from "pg/lib/result.js";

const { addFields } = Result.prototype;
Result.prototype.addFields = function (fields) {
  for (const field of fields) if (field.dataTypeID === 19) field.dataTypeID = 25;
  return addFields.call(this, fields);
};
export default {
  experimental: { adapter: true },
  engine: "js",
  schema: "prisma/schema.prisma",
  adapter: async () => new PrismaPg({ connectionString: process.env.DATABASE_URL }),
};
`,
  },
  entry: (name) => `${name}/migration.sql`,
  write: (drafts) =>
    none(drafts)
      ? null
      : files(drafts, ({ name, statements }) => [`prisma/migrations/${name}/migration.sql`, sql(statements)]),
  apply: () => ["prisma", "migrate", "deploy"],
};

export const tools: readonly Tool[] = [dbmate, sqlMigrate, nodePgMigrate, supabase, drizzle, prisma];

/** Installs what npm has into this directory. */
export async function install(directory: string, packages: readonly string[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "package.json"), '{ "private": true, "type": "module" }\n');
  const { status, output } = await run(directory, "npm", [
    "install",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    ...packages,
  ]);
  if (status !== 0) throw new Error(`npm install failed.\n${output}`);
  await writeFile(join(directory, "no-engine"), "", { mode: 0o755 });
}

export async function lay(directory: string, all: Files): Promise<void> {
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}

/** Runs a tool in a project below the directory in which it was installed. */
export function runTool(
  at: { readonly installed: string; readonly cwd: string; readonly url: string },
  words: readonly string[],
) {
  const [name = "", ...args] = words;
  const engine = join(at.installed, "no-engine");
  return run(at.cwd, resolve(at.installed, "node_modules", ".bin", name), args, {
    DATABASE_URL: at.url,
    CHECKPOINT_DISABLE: "1",
    PRISMA_QUERY_ENGINE_LIBRARY: engine,
    PRISMA_SCHEMA_ENGINE_BINARY: engine,
    DO_NOT_TRACK: "1",
    CI: "1",
  });
}

function run(cwd: string, program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<{ readonly status: number | null; readonly output: string }>((done, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 180_000,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", reject).once("close", (status) => done({ status, output }));
  });
}

/** The tool's name and version, as npm or Debian has it. */
export async function nameOf({ layout, packages }: Tool, installed: string): Promise<string> {
  const [first] = packages;
  if (first === undefined) {
    const { output } = await run(installed, "dpkg-query", ["-W", layout]);
    return output.replace("\t", " ").replace(/-[^-]*$/, "");
  }
  const name = first.replace(/@[^@]*$/, "");
  const text = await readFile(join(installed, "node_modules", name, "package.json"), "utf8");
  return `${name} ${String(JSON.parse(text).version)}`;
}
