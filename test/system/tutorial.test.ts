import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Ended, step } from "../action/runner.ts";
import { program } from "../cli/cli.ts";
import type { Files } from "../github/repository.ts";
import { hubot, kim, scene } from "../github/scene.ts";
import type { StartedPostgres } from "../support/postgres.ts";
import { startDebian } from "./backups.ts";
import { partsOf, steady } from "./tutorial.ts";

const path = new URL("../../docs/tutorial.md", import.meta.url);
/** `npm run docs:tutorial` writes the outputs into the page instead of comparing them. */
const isWriting = process.env.LOCKKEEPER_TUTORIAL === "write";

let server: StartedPostgres;

beforeAll(async () => {
  server = await startDebian();
  for (const name of ["shop_staging", "shop"]) await server.createDatabase(name);
});

afterAll(() => server.stop());

/** The place that the page names for backups, and the one that the test has. */
const shownStore = "/var/backups/shop";

/** Everything that happens on the page, one after the other. */
interface Walk {
  write(name: string, content: string): void;
  remove(name: string): void;
  /** What a command prints. */
  run(command: string): string;
  /** What the log of a step has. */
  step(name: string): Promise<string>;
  /** With the paths that the page has. */
  shown(text: string): string;
}

function newWalk(): Walk {
  const home = mkdtempSync(join(tmpdir(), "lockkeeper-tutorial-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const shop = join(home, "shop");
  const store = join(home, "backups");
  mkdirSync(shop);
  const files = new Map<string, string>();
  let merged: Files | null = null;
  let digest = "";
  const databases = { STAGING_DATABASE_URL: server.url("shop_staging"), PRODUCTION_DATABASE_URL: server.url("shop") };
  const env = { PATH: process.env.PATH ?? "", ...databases };
  const sql = (database: string, text: string) => server.withClient(database, (client) => client.query(text));

  const run = (command: string): string => {
    const script = `exec 2>&1; lockkeeper() { "${process.execPath}" "${program}" "$@"; }; ${command} || true`;
    return execFileSync("sh", ["-c", script], { cwd: shop, encoding: "utf8", env: { ...env, COLUMNS: "100" } });
  };
  const action = (command: string, inputs: Readonly<Record<string, string>>): Promise<Ended> => {
    const written = { command, ...inputs };
    return step({ files: Object.fromEntries(files), with: written, env: { ...env, GITHUB_EVENT_NAME: "push" } });
  };
  const plan = async (environment: string): Promise<string> => {
    const ended = await action("plan", { environment });
    digest = ended.outputs.digest ?? "";
    return logOf(ended, 0);
  };
  const migrate = async (environment: string, status = 0): Promise<string> => {
    return logOf(await action("migrate", { environment, "expect-digest": digest }), status);
  };
  const deploy = async (environment: string): Promise<void> => {
    await plan(environment);
    await migrate(environment);
  };
  const check = async (isApproved: boolean): Promise<string> => {
    const isOld = ([name]: readonly [string, string]): boolean => (/\/(\d{6})_/.exec(name)?.[1] ?? "") < "000002";
    const base = merged ?? Object.fromEntries([...files].filter(isOld));
    const head = Object.fromEntries([...files].filter(([name]) => !(name in base)));
    const of = await scene({ base, head, branch: "drop-fax", title: "Drop the fax number" });
    if (isApproved) for (const person of [hubot, kim]) of.review(person, "APPROVED");
    const ended = await of.run(isApproved ? { event: "pull_request_review" } : {});
    expect(of.check()?.conclusion).toBe(isApproved ? "success" : "action_required");
    return logOf(ended, 0);
  };
  const steps: Readonly<Record<string, () => Promise<string>>> = {
    check: () => check(false),
    async "check approved"() {
      const log = await check(true);
      merged = Object.fromEntries(files);
      return log;
    },
    "plan staging": () => plan("staging"),
    "migrate staging": () => migrate("staging"),
    async "plan production"() {
      run("lockkeeper migrate --environment production --target-version 1");
      await sql(
        "shop",
        "INSERT INTO users (email, fax) VALUES ('mona@example.com', '555-0100'), ('kim@example.com', NULL)",
      );
      return plan("production");
    },
    "migrate production": () => migrate("production"),
    async "fail production"() {
      await deploy("staging");
      await sql("shop", "INSERT INTO users (email) VALUES ('mona@example.com')");
      await plan("production");
      return migrate("production", 1);
    },
    async "again production"() {
      // What production would not take is taken out of staging as well.
      await sql("shop_staging", "DROP INDEX users_email_key; UPDATE schema_migrations SET version = 4");
      await deploy("staging");
      await plan("production");
      const log = await migrate("production");
      await sql("shop", "UPDATE users SET country = 'KR' WHERE id = 1");
      return log;
    },
    async "rollback production"() {
      const dry = run("lockkeeper rollback --environment production --steps 1 --dry-run --format json");
      const agreed = { "confirm-loss": "users.country", "expect-digest": JSON.parse(dry).digest };
      return logOf(await action("rollback", { environment: "production", steps: "1", ...agreed }), 0);
    },
  };
  return {
    write(name, content) {
      const text = content.replaceAll(shownStore, store);
      files.set(name, text);
      mkdirSync(dirname(join(shop, name)), { recursive: true });
      writeFileSync(join(shop, name), text);
    },
    remove(name) {
      files.delete(name);
      rmSync(join(shop, name));
    },
    run,
    step(name) {
      const known = steps[name];
      if (known === undefined) throw new Error(`The page has a step that the test does not know: ${name}`);
      return known();
    },
    shown: (text) => text.replaceAll(store, shownStore),
  };
}

function logOf({ log, status, raw }: Ended, expected: number): string {
  if (status !== expected) throw new Error(`The step ended with ${status}:\n${raw}`);
  return `${log.trim()}\n`;
}

test("the tutorial goes the whole way, and shows what is printed there", async () => {
  const page = readFileSync(path, "utf8");
  const walk = newWalk();
  const written: string[] = [];
  for (const part of partsOf(page)) {
    switch (part.kind) {
      case "text":
        written.push(part.text);
        break;
      case "write":
        walk.write(part.path, part.content);
        written.push(part.text);
        break;
      case "remove":
        walk.remove(part.path);
        written.push(part.text);
        break;
      case "run": {
        const said = part.commands.map((command) => `$ ${command}\n${walk.shown(walk.run(command))}`).join("");
        if (!isWriting) expect(steady(said)).toBe(steady(part.shown));
        written.push(`${part.head}${said}\`\`\`\n`);
        break;
      }
      case "step": {
        const said = walk.shown(await walk.step(part.name));
        if (!isWriting) expect(steady(said), part.name).toBe(steady(part.shown));
        written.push(`${part.head}${said}\`\`\`\n`);
        break;
      }
    }
  }
  if (isWriting) writeFileSync(path, written.join(""));
});
