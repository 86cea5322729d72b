import { describe, expect, test } from "vitest";
import { failOnChoices, layouts } from "../../src/config/config.ts";
import { project } from "../workspace/project.ts";
import { chain, errorOf, findingsIn, lockkeeper, verdictIn } from "./cli.ts";

const refused = async (...args: string[]) => errorOf(await lockkeeper(args, { cwd: project(chain) }));
const checked = (...args: string[]) => lockkeeper(["check", "db/migrations", ...args], { cwd: project(chain) });

describe("help and version", () => {
  test.each([[["--help"]], [["-h"]], [["check", "--help"]], [[]]])("%j prints the usage", async (args) => {
    const run = await lockkeeper(args, { cwd: project() });
    expect(run).toMatchObject({ status: 0, stderr: "" });
    for (const word of ["Usage: lockkeeper check [path…] [options]", "lockkeeper explain RULE", "Exit status"]) {
      expect(run.stdout).toContain(word);
    }
    // As wide as the narrowest terminal that anybody still has.
    expect(Math.max(...run.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(90);
  });

  test("every option of the usage is accepted", async () => {
    const { stdout } = await lockkeeper(["--help"], { cwd: project() });
    const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)( [A-Za-z|]+)?/gm)].map(([, name]) => name);
    const forCheck = ["--config", "--fail-on", "--format", "--layout", "--postgres", "--rehearse", "--since"];
    const flags = ["--allow-missing", "--allow-out-of-order"];
    const forDatabases = ["--database-url", "--environment", "--target-version"];
    const forMigrate = [
      "--after-url",
      "--backup",
      "--backup-id",
      "--expect-digest",
      "--lock-retries",
      "--lock-timeout",
    ];
    const limits = ["--lock-wait", "--max-blocking", "--max-duration", "--store"];
    const forResolve = ["--mark", "--resume-at"];
    const forRollback = ["--confirm-loss", "--dry-run", "--reason", "--steps"];
    const forBackups = ["--proof", "--jobs"];
    const halves = ["--data-only", "--schema-only"];
    const forComparisons = ["--save", "--compare-with"];
    expect(options.filter((option) => option !== "--directory" && option !== "--allow-other-database")).toEqual([
      ...forCheck,
      "--help",
      "--version",
      ...flags,
      ...forDatabases,
      ...forMigrate,
      ...limits,
      ...forRollback,
      ...forBackups,
      ...halves,
      ...forComparisons,
      ...forResolve,
    ]);
    for (const option of [...forMigrate, ...limits])
      expect(await refused("migrate", option)).toContain(`${option} needs a value.`);
    for (const option of forResolve) expect(await refused("resolve", option)).toContain(`${option} needs a value.`);
    expect(await refused("resolve", "--roll-back=x")).toContain("--roll-back takes no value.");
    expect(await refused("migrate", "--allow-other-database=x")).toContain("--allow-other-database takes no value.");
    expect(await refused("new", "--directory")).toContain("--directory needs a value.");
    // Accepted up to its missing value.
    for (const option of forCheck) expect(await refused("check", option)).toContain(`${option} needs a value.`);
    for (const option of forDatabases) expect(await refused("plan", option)).toContain(`${option} needs a value.`);
    for (const option of forBackups) expect(await refused("backup", option)).toContain(`${option} needs a value.`);
    for (const option of halves) expect(await refused("backup", `${option}=x`)).toContain(`${option} takes no value.`);
    for (const option of forComparisons) expect(await refused("verify", option)).toContain(`${option} needs a value.`);
    for (const option of flags) expect(await refused("plan", `${option}=x`)).toContain(`${option} takes no value.`);
  });

  test("the values of the usage are those that the config knows", async () => {
    const { stdout } = await lockkeeper(["--help"], { cwd: project() });
    for (const word of [...layouts, ...failOnChoices]) expect(stdout).toMatch(new RegExp(`[ :]${word}[ ,\\n]`));
  });

  test.each(["--version", "-V"])("%s prints the version alone", async (option) => {
    expect(await lockkeeper([option], { cwd: project() })).toMatchObject({ status: 0, stdout: "0.1.0\n", stderr: "" });
  });
});

describe("words that are not known", () => {
  test("a command is answered with the nearest", async () => {
    expect(await refused("chekc", "db")).toEqual([
      "There is no command chekc.",
      "  What to do: did you mean check?",
      "  Code: command-unknown",
    ]);
    expect(await refused("frobnicate")).toContain("  What to do: lockkeeper --help lists the commands.");
  });

  test("an option is answered with the nearest", async () => {
    expect(await refused("check", "db/migrations", "--fromat", "json")).toEqual([
      "There is no option --fromat.",
      "  What to do: did you mean --format?",
      "  Code: option-unknown",
    ]);
    expect(await refused("check", "--verbose")).toContain("  What to do: lockkeeper --help lists the options.");
    expect(await refused("check", "-v")).toContain("  What to do: did you mean -V?");
    expect(await refused("check", "-x")).toContain("  What to do: lockkeeper --help lists the options.");
  });

  test.each([
    ["--fail-on", "hihg", "low, medium, high, critical, never", "did you mean --fail-on high?"],
    ["--format", "jsno", "text, json, markdown, sarif, github", "did you mean --format json?"],
    ["--format", "md", "text, json, markdown, sarif, github", null],
    ["--layout", "golang", layouts.join(", "), "did you mean --layout golang-migrate?"],
    ["--layout", "plian", layouts.join(", "), "did you mean --layout plain?"],
    ["--postgres", "19", "14, 15, 16, 17, 18", "--postgres 18 is the nearest that is known."],
    ["--postgres", "15.3", "14, 15, 16, 17, 18", "--postgres 15 is the nearest that is known."],
    ["--rehearse", "of", "off", "did you mean --rehearse off?"],
  ])("%s %s is answered with what it takes", async (option, value, choices, hint) => {
    const known = [`${option} ${value} is not known.`, `  It takes: ${choices}.`];
    const error = hint === null ? known : [...known, `  What to do: ${hint}`];
    expect(await refused("check", "db/migrations", option, value)).toEqual([...error, "  Code: option-invalid"]);
    expect(await refused("check", "db/migrations", `${option}=${value}`)).toEqual([...error, "  Code: option-invalid"]);
  });

  test("a value that is like none is answered with what there is", async () => {
    expect(await refused("check", "db/migrations", "--rehearse", "on")).toEqual([
      "--rehearse on is not known.",
      "  It takes: off.",
      "  Code: option-invalid",
    ]);
  });

  test.each([[["--config"]], [["--format="]], [["--layout", "--format", "json"]]])("%j needs a value", async (args) => {
    const option = (args[0] ?? "").replace("=", "");
    expect(await refused("check", "db/migrations", ...args)).toEqual([
      `${option} needs a value.`,
      `  What to do: write ${option} VALUE; lockkeeper --help lists the options.`,
      "  Code: option-invalid",
    ]);
  });

  test("a switch takes none", async () => {
    expect(await refused("check", "--help=please")).toContain("--help takes no value.");
  });

  test("after -- everything is a path", async () => {
    const cwd = project({ "--odd/001_a.sql": "CREATE TABLE a (x int);\n" });
    expect((await lockkeeper(["check", "--", "--odd"], { cwd })).status).toBe(0);
    expect(errorOf(await lockkeeper(["check", "--", "--format"], { cwd }))[0]).toBe(
      "There is no file or directory --format.",
    );
    expect((await lockkeeper(["--", "check", "--odd"], { cwd })).status).toBe(0);
  });
});

describe("options that change the judgement", () => {
  test("--layout says how the files are named", async () => {
    const asGolangMigrate = await checked("--layout", "golang-migrate");
    expect(asGolangMigrate).toEqual(await checked());
    const cwd = project({ "m/1_a.sql": "CREATE TABLE a (x int);\n" });
    const refusedNames = await lockkeeper(["check", "m", "--layout", "golang-migrate"], { cwd });
    expect(findingsIn(refusedNames)).toEqual(["m/1_a.sql:1:1  medium  unrecognised-file"]);
    expect((await lockkeeper(["check", "m", "--layout", "plain"], { cwd })).status).toBe(0);
  });

  test("--postgres says for which server the SQL is: NOT NULL can be added NOT VALID from 18 on", async () => {
    const cwd = project({
      "m/1_a.sql": "CREATE TABLE a (x int);\n",
      "m/2_b.sql": "ALTER TABLE a ALTER COLUMN x SET NOT NULL;\n",
    });
    const on = async (version: string) => (await lockkeeper(["check", "m", "--postgres", version], { cwd })).stdout;
    expect(await on("15")).toContain("CHECK (x IS NOT NULL) NOT VALID");
    expect(await on("18")).toContain("NOT NULL x NOT VALID");
  });

  test("--postgres on the command line is stronger than the config", async () => {
    const cwd = project({
      "m/1_a.sql": "CREATE TABLE a (x int);\n",
      "m/2_b.sql": "ALTER TABLE a ALTER COLUMN x SET NOT NULL;\n",
      ".github/lockkeeper.yml": "version: 1\npostgres: 15\n",
    });
    expect((await lockkeeper(["check", "m"], { cwd })).stdout).toContain("CHECK (x IS NOT NULL) NOT VALID");
    expect((await lockkeeper(["check", "m", "--postgres", "18"], { cwd })).stdout).toContain("NOT NULL x NOT VALID");
  });

  test("--rehearse off is accepted and changes nothing yet", async () => {
    expect(await checked("--rehearse", "off")).toEqual(await checked());
  });
});

describe("--fail-on", () => {
  const strict = "version: 1\npolicy:\n  fail-on: medium\n";
  const mild = "version: 1\npolicy:\n  fail-on: never\n";
  const on = (config: string, ...args: string[]) =>
    lockkeeper(["check", "db/migrations", ...args], { cwd: project({ ...chain, ".github/lockkeeper.yml": config }) });

  test("stands for what the config says, to loosen and to tighten: the machine is the user's own", async () => {
    expect((await on(strict)).status).toBe(1);
    const never = await on(strict, "--fail-on", "never");
    expect([never.status, verdictIn(never)]).toEqual([0, "Verdict: pass (critical). The policy asks for no approval."]);
    expect((await on(mild)).status).toBe(0);
    expect(verdictIn(await on(mild, "--fail-on=high"))).toBe("Verdict: needs approval (critical).");
  });

  test("changes what is asked, and not what is found", async () => {
    const [before, after] = [await on(strict), await on(strict, "--fail-on", "critical")];
    expect(findingsIn(after)).toEqual(findingsIn(before));
    const reasons = ({ stdout }: { stdout: string }) => stdout.match(/^ {2}\S+ at /gm);
    expect(reasons(before)).toEqual(["  drop-table at ", "  create-index-concurrently at "]);
    expect(reasons(after)).toEqual(["  drop-table at "]);
  });

  test("never lets what is certain to fail through but with never", async () => {
    const cwd = project({ "m/001_a.sql": "CREATE TABLE a (;\n" });
    const run = (value: string) => lockkeeper(["check", "m", "--fail-on", value], { cwd });
    expect((await run("critical")).status).toBe(1);
    expect(verdictIn(await run("critical"))).toMatch(/^Verdict: blocked/);
    expect((await run("never")).status).toBe(0);
    expect(findingsIn(await run("never"))).toHaveLength(1);
  });
});

describe("the config", () => {
  const quiet = "version: 1\nrules:\n  drop-table: off\npolicy:\n  fail-on: never\n";

  test("is found by itself, and a named one stands for it", async () => {
    const cwd = project({ ...chain, ".github/lockkeeper.yml": quiet, "strict.yml": "version: 1\n" });
    const found = await lockkeeper(["check", "db/migrations"], { cwd });
    expect(findingsIn(found)).toEqual(["db/migrations/000002_index_users.up.sql:1:1  high  create-index-concurrently"]);
    expect(verdictIn(found)).toBe("Verdict: pass (critical). The policy asks for no approval.");
    const named = await lockkeeper(["check", "db/migrations", "--config", "strict.yml"], { cwd });
    expect(verdictIn(named)).toBe("Verdict: needs approval (critical).");
  });

  test("names the directories where no path is given", async () => {
    const config = "version: 1\nmigrations:\n  - directory: db/migrations\n";
    const cwd = project({ ...chain, ".github/lockkeeper.yaml": config });
    expect(await lockkeeper(["check"], { cwd })).toEqual(await lockkeeper(["check", "db/migrations"], { cwd }));
  });

  test("that is named must be there", async () => {
    const cwd = project({ ...chain, "ci/lockkeeper.yml": quiet });
    const error = errorOf(await lockkeeper(["check", "--config", "ci/lockeeper.yml"], { cwd }));
    expect(error).toEqual([
      "There is no config file ci/lockeeper.yml.",
      "  What to do: did you mean ci/lockkeeper.yml?",
      "  Code: config-missing",
    ]);
  });

  test("that is wrong is refused with every fault and its line", async () => {
    const config = "version: 1\npostgress: 16\nrules:\n  drop-tabel: off\n  syntax-error: off\n";
    const run = await lockkeeper(["check", "db/migrations"], {
      cwd: project({ ...chain, ".github/lockkeeper.yml": config }),
    });
    const error = errorOf(run);
    expect(error[0]).toBe("The config file .github/lockkeeper.yml has 3 problems.");
    expect(error[1]).toBe('  .github/lockkeeper.yml:2:1: unknown key "postgress": did you mean postgres?');
    expect(error[2]).toBe('  .github/lockkeeper.yml:4:3: there is no rule "drop-tabel": did you mean drop-table?');
    expect(error[3]).toMatch(/^ {2}\.github\/lockkeeper\.yml:5:3: rule syntax-error cannot be turned off/);
    expect(error.at(-1)).toBe("  Code: config-invalid");
  });

  test("that is empty is refused", async () => {
    const run = await lockkeeper(["check", "db/migrations"], {
      cwd: project({ ...chain, ".github/lockkeeper.yml": "" }),
    });
    expect(errorOf(run)[1]).toContain("the file is empty");
  });
});
