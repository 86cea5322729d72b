import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { errorOf, lockkeeper } from "./cli.ts";

// What is wrong with a request is told before any server is asked: there is none here.
const env = { DATABASE_URL: "postgres://u:hidden@127.0.0.1:1/db", PATH: process.env.PATH ?? "" };

test.each([
  [["foo"], "There is no command backup foo."],
  [["verfy", "x"], "There is no command backup verfy."],
  [["verify"], "lockkeeper backup verify takes one id."],
  [["verify", "a", "b"], "lockkeeper backup verify takes one id."],
  [["list", "x"], "lockkeeper backup list takes no more words."],
  [["list", "--schema-only"], "lockkeeper backup list takes no --schema-only."],
  [["list", "--format", "sarif"], "--format sarif is not known."],
  [["--jobs", "0"], "--jobs 0 is no number of jobs."],
  [["--jobs", "65"], "--jobs 65 is no number of jobs."],
  [["--proof", "x"], "--proof x is not known."],
  [["--data-only", "--schema-only"], "--data-only and --schema-only leave nothing to back up."],
  [["--data-only", "--proof", "restored"], "A backup of the data alone cannot be restored into an empty database."],
  [["--proof", "restored"], "The proof `restored` needs a server to restore into, and there is none."],
  [["--environment", "nowhere"], "There is no environment nowhere in the config."],
  [["verify", "20261121T111740Z-app-eea996aa"], "There is no backup 20261121T111740Z-app-eea996aa in STORE."],
])("backup %j says what is wrong with it", async (args, message) => {
  const cwd = mkdtempSync(join(tmpdir(), "lockkeeper-cli-backup-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const store = join(cwd, "store");
  // A store that is only read must be there already.
  await lockkeeper(["backup", "--store", store, "--data-only", "--proof", "restored"], { cwd, env });
  const [said, ...more] = errorOf(await lockkeeper(["backup", ...args, "--store", store], { cwd, env }));
  expect(said?.replace(store, "STORE")).toBe(message);
  expect(more.join("\n")).not.toContain("hidden");
  expect(readdirSync(store)).toEqual([]);
});
