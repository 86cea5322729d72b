import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { failOnChoices, layouts } from "../../src/config/config.ts";
import { project } from "../workspace/project.ts";
import { chain, lockkeeper } from "./cli.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(`${root}/README.md`, "utf8");

/** The fenced blocks of the README in this language, without their fences. */
function blocks(language: string): readonly string[] {
  return [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, found, text = ""]) =>
    found === language ? [text] : [],
  );
}

const [firstCommand = "", secondCommand = ""] = blocks("console").map((block) => block.trim());
const [end = "", whole = ""] = blocks("text");

describe("the README", () => {
  test("shows what its first command prints, and says its exit status", () => {
    const { PATH = "" } = process.env;
    // With the Node.js that runs the tests, and nothing else of their environment.
    const env = { PATH: `${dirname(process.execPath)}${delimiter}${PATH}` };
    const { stdout, stderr, status } = spawnSync(firstCommand, { shell: true, cwd: root, env, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toBe(whole);
    expect(stdout.endsWith(`\n\n${end}`)).toBe(true);
    expect(end.split("\n").length).toBeGreaterThan(10);
    expect(readme).toContain(`The exit status is ${status}: `);
  });

  test("says how many of the sample migrations need approval", async () => {
    const { stdout } = await lockkeeper(["check", "migrations", "--format", "json"], { cwd: root });
    const { migrations }: { migrations: { verdict: string }[] } = JSON.parse(stdout);
    const asking = migrations.filter(({ verdict }) => verdict === "needs-approval").length;
    expect([asking, migrations.length]).toEqual([4, 9]);
    expect(readme).toContain("four of the nine sample migrations need somebody's approval");
  });

  test("has the command that every change must pass as its second", () => {
    expect(secondCommand).toBe("npm ci && npm test");
    expect(readFileSync(`${root}/.ci/run`, "utf8").split("\n")).toContain(secondCommand);
  });

  test("shows a config that is taken as it stands", async () => {
    const [config = ""] = blocks("yaml");
    const run = await lockkeeper(["check"], { cwd: project({ ...chain, ".github/lockkeeper.yml": config }) });
    expect(run).toMatchObject({ status: 1, stderr: "" });
  });

  test("names the options and the exit statuses of the help", async () => {
    const { stdout } = await lockkeeper(["--help"], { cwd: root });
    const options = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option = ""]) => option);
    expect(options.length).toBeGreaterThan(5);
    for (const option of options) expect(readme).toMatch(new RegExp(`\\| \`${option}[ \`]`));
    const row = (option: string) => readme.split("\n").find((line) => line.startsWith(`| \`${option} `)) ?? "";
    for (const layout of layouts) expect(row("--layout")).toContain(`\`${layout}\``);
    for (const format of ["text", "json", "markdown", "sarif", "github"])
      expect(row("--format")).toContain(`\`${format}\``);
    for (const choice of failOnChoices) expect(row("--fail-on")).toContain(`\`${choice}\``);
    for (const status of [0, 1, 2, 70]) expect(readme).toMatch(new RegExp(`^\\| ${status} \\| `, "m"));
  });

  test.each([
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/design.md",
    "docs/sarif.md",
    "docs/plan.md",
    "docs/backup.md",
    "docs/verify.md",
  ])("links to files that are there, and so do its neighbours: %s", (page) => {
    const links = [...readFileSync(`${root}/${page}`, "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g)];
    for (const [, link = ""] of links) {
      const target = fileURLToPath(new URL(link, new URL(page, new URL("../../", import.meta.url))));
      expect(existsSync(target), `${page} links to ${link}`).toBe(true);
    }
  });
});
