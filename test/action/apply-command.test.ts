import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { toolConfig, toolFiles } from "../cli/tool.ts";
import { freshDatabase, type SharedPostgres } from "../support/global-postgres.ts";
import { step } from "./runner.ts";

const database = "action_apply_command_test";
let postgres: SharedPostgres;
freshDatabase(database, (server) => {
  postgres = server;
});

const files = toolFiles(toolConfig());
const on = (written: Readonly<Record<string, string>>, fault = "") =>
  step({
    files,
    with: { "database-url": postgres.url(database), token: "ghs_secret", ...written },
    env: { PATH: process.env.PATH ?? "", TOOL_FAULT: fault },
  });

test("a step plans what a sql-command prints, runs the apply-command, and shows neither's secrets", async () => {
  const planned = await on({ command: "plan" });
  expect(planned).toMatchObject({ status: 0, outputs: { pending: "1", risk: "low" } });
  expect(planned.markdown).toContain("```sql\n-- r1\nCREATE TABLE one (a int);\n");
  const done = await on({ command: "migrate", migrate: "auto" });
  expect(done).toMatchObject({ status: 0, outputs: { result: "done", applied: "r1+r2" } });
  expect(done.markdown).toContain("| `tool (sql-command)` | all; ledger +r1 +r2 |");
  // What the command has written is in the log, without the connection string that it was given.
  expect(done.log).toContain('applying {"url":"***"');
  expect(done.log).not.toContain(postgres.password);
  expect(JSON.parse(readFileSync(done.outputs.report ?? "", "utf8")).outcomes).toMatchObject([{ status: "applied" }]);
});

test("a step fails with what the command has said, and with what is in the database", async () => {
  const failed = await on({ command: "migrate" }, "without-ledger");
  expect(failed).toMatchObject({ status: 1, outputs: { result: "partial", "exit-status": "3" } });
  const [issue] = failed.issues.filter(({ level }) => level === "error");
  expect(issue?.message).toContain("The command ended with status 6.");
  expect(failed.log).toContain("lost my way");
  expect(failed.markdown).toContain("is there: CREATE TABLE one");
});
