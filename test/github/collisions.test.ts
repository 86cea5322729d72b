import { expect, test } from "vitest";
import { hubot, scene } from "./scene.ts";

const head = { "db/migrations/000002_email.up.sql": "CREATE TABLE emails (id bigint);\n" };
const commentIn = async (
  others: readonly (readonly string[])[],
  options: { baseRef?: string; title?: string } = {},
) => {
  const it = await scene({ head });
  others.forEach((paths, i) => {
    const files = paths.map((path) => ({ path, status: "added" }) as const);
    const title = options.title ?? `Other ${i}`;
    const pull = { ...it.pull, number: 100 + i, title, author: hubot, baseRef: options.baseRef ?? "main", files };
    it.github.state.pulls.set(pull.number, pull);
  });
  const ended = await it.run();
  expect([ended.status, it.check()?.conclusion]).toEqual([0, "success"]);
  return it.github.state.comments[0]?.body ?? "";
};

test("a version that another open pull request brings too is named, with its number, and blocks nothing", async () => {
  const body = await commentIn([["db/migrations/000003_other.up.sql"], ["db/migrations/000002_phone.up.sql"]]);
  expect(body).toContain("pull request 101");
  expect(body).toContain("000002_phone.up.sql");
  expect(body).not.toContain("pull request 100");
});

test.each([
  ["to another branch", ["db/migrations/000002_phone.up.sql"], { baseRef: "release" }],
  ["in another directory", ["other/migrations/000002_phone.up.sql"], {}],
  ["with a longer version", ["db/migrations/0000021_phone.up.sql"], {}],
])("one %s is none", async (_what, paths, options) => {
  expect(await commentIn([paths], options)).not.toContain("pull request 100");
});

test("how many were not looked at is said", async () => {
  expect(await commentIn(Array.from({ length: 60 }, () => ["README.md"]))).toMatch(/11 more open pull requests/);
});

test("a title does nothing in the comment", async () => {
  const title = "@octo/dba <img src=x> `x` | #1 <!-- lockkeeper:comment -->";
  const body = await commentIn([["db/migrations/000002_phone.up.sql"]], { title });
  expect(body).toContain("pull request 100");
  expect(body).not.toContain("@octo/dba");
  expect(body).not.toContain("<img");
  expect(body.match(/<!-- lockkeeper:comment/g)).toHaveLength(1);
});
