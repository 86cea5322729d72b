import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Installs what the system tests need and is not there: programs from Debian's packages, and what test/system/package.json names.
 * `npm run test:system` and `npm run docs:picture` run this first.
 */
const directory = fileURLToPath(new URL(".", import.meta.url));

/** A file that a package brings, and the package. */
const programs: readonly (readonly [file: string, debianPackage: string])[] = [
  ["/usr/bin/chromium", "chromium"],
  ["/usr/bin/cmark-gfm", "cmark-gfm"],
  ["/usr/bin/pngquant", "pngquant"],
  ["/usr/lib/postgresql/15/bin/postgres", "postgresql-15"],
  ["/usr/lib/postgresql/15/bin/pg_dump", "postgresql-client-15"],
  ["/usr/sbin/pgbouncer", "pgbouncer"],
  ["/usr/bin/alembic", "alembic"],
  ["/usr/bin/sql-migrate", "sql-migrate"],
  ["/usr/lib/python3/dist-packages/psycopg2", "python3-psycopg2"],
  ["/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf", "fonts-noto-color-emoji"],
  ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "fonts-dejavu-core"],
  ["/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf", "fonts-liberation"],
];

function run(command: readonly string[]): boolean {
  const [program = "", ...args] = command;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(program, args, { stdio: ["ignore", "inherit", "inherit"], env }).status === 0;
}

const missing = programs.filter(([file]) => !existsSync(file)).map(([, name]) => name);
if (missing.length > 0) {
  process.stdout.write(`Installing ${missing.join(", ")} from Debian's packages…\n`);
  const root = process.geteuid?.() === 0 ? [] : ["sudo", "-n"];
  const apt = (...args: readonly string[]): boolean => run([...root, "apt-get", "-qq", ...args]);
  const install = ["install", "-y", "--no-install-recommends", ...missing];
  // The lists of packages may be old, or not there at all.
  if (!apt(...install) && !(apt("update") && apt(...install))) {
    process.stderr.write(
      `The system tests need ${missing.join(", ")}. apt-get could not install them: run this as root, or with sudo that asks for no password, on Debian or Ubuntu; or install them by hand.\n`,
    );
    process.exit(1);
  }
}

const { npm_execpath: npm } = process.env;
if (npm === undefined) throw new Error("Start this through npm: npm run test:system");
const args = [process.execPath, npm, "ci", "--prefix", directory, "--no-audit", "--no-fund", "--loglevel=error"];
if (!run(args)) throw new Error(`npm could not install the packages of ${directory}package.json`);
