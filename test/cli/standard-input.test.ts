import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { project } from "../workspace/project.ts";
import { coverageIn, errorOf, findingsIn, program, type Run } from "./cli.ts";

/** Runs the command with these bytes as its standard input, in two pieces with a pause between. */
async function fed(input: Uint8Array, args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [program, "check", ...args], { cwd: project(), env: {} });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => undefined);
  const half = Math.floor(input.length / 2);
  child.stdin.write(input.subarray(0, half));
  setTimeout(() => child.stdin.end(input.subarray(half)), 100);
  const [status] = await once(child, "close");
  return { status: typeof status === "number" ? status : null, stdout, stderr };
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

test("SQL from standard input is judged, and its places are called -", async () => {
  const run = await fed(bytes("SELECT 1;\nDROP TABLE 주문;\n"), ["-"]);
  expect(findingsIn(run)).toEqual(["-:2:1  critical  drop-table"]);
  expect(run.stdout).toContain("DROP TABLE 주문;");
  expect(run.status).toBe(1);
});

test("it has the parts of the layout that is named", async () => {
  const run = await fed(bytes("-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n"), [
    "-",
    "--layout",
    "dbmate",
  ]);
  expect([run.status, findingsIn(run)]).toEqual([0, []]);
});

test("nothing is nothing, and is said to be", async () => {
  const run = await fed(bytes(""), ["-"]);
  expect([run.status, coverageIn(run)]).toEqual([
    0,
    "Checked: 1 file, 0 statements (0 read, 0 unread, 0 opaque), not rehearsed.",
  ]);
});

test("what is no text is blocked", async () => {
  const run = await fed(Buffer.from([0xff, 0xfe, 0x41, 0x00]), ["-"]);
  expect([run.status, findingsIn(run)]).toEqual([1, ["-:1:1  blocked  unreadable-file"]]);
});

test("there is no commit to compare it with", async () => {
  expect(errorOf(await fed(bytes("SELECT 1;"), ["-", "--since", "main"]))[0]).toBe(
    "--since has nothing to compare standard input with.",
  );
});
