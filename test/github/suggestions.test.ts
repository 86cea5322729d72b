import { describe, expect, test } from "vitest";
import { hubot, scene } from "./scene.ts";
import { actionsBot } from "./state.ts";

const path = "db/migrations/000002_index.up.sql";
const index = { [path]: "CREATE INDEX users_name ON users (name);\n" };
const safer = "```suggestion\nCREATE INDEX CONCURRENTLY users_name ON users (name);\n```";
// Alone in its file, it can be in no transaction of golang-migrate's.

describe("suggestions", () => {
  test("stand at the lines that they can take the place of, and are not repeated by the next push", async () => {
    const { github, run, push, pull } = await scene({ head: index });
    expect((await run()).issues).toEqual([]);
    expect(github.state.reviewComments).toMatchObject([{ path, line: 1, author: actionsBot, commit: pull.head }]);
    expect(github.state.reviewComments[0]?.body).toContain(safer);
    const [before] = github.state.reviewComments;
    push({ "README.md": "# Shop\n" });
    await run();
    expect(github.state.reviewComments).toEqual([before]);
    expect(github.state.reviews.filter(({ author }) => author.id === actionsBot.id)).toHaveLength(1);
  });

  test("that were taken go", async () => {
    const { github, run, push } = await scene({ head: index });
    await run();
    push({ [path]: "CREATE INDEX CONCURRENTLY users_name ON users (name);\n" });
    for (const comment of github.state.reviewComments) comment.isOutdated = true;
    await run();
    expect(github.state.reviewComments).toEqual([]);
  });

  test("that somebody has answered are folded away, with the answer", async () => {
    const { github, run, push } = await scene({ head: index });
    await run();
    const [ours] = github.state.reviewComments;
    if (ours === undefined) throw new Error("There is no suggestion");
    const reply = { ...ours, id: 5, author: hubot, body: "It is a small table.", replyTo: ours.id };
    github.state.reviewComments.push(reply);
    push({ [path]: null });
    ours.isOutdated = true;
    await run();
    expect(github.state.reviewComments).toMatchObject([
      { id: ours.id, isMinimized: true },
      { id: 5, isMinimized: false },
    ]);
  });

  test("of others are left alone, also where they have our mark", async () => {
    const { github, run, push } = await scene({ head: index });
    await run();
    const [ours] = github.state.reviewComments;
    if (ours === undefined) throw new Error("There is no suggestion");
    github.state.reviewComments = [{ ...ours, author: hubot }];
    push({ [path]: null });
    await run();
    expect(github.state.reviewComments).toHaveLength(1);
  });

  test("are not written twice where the answer to the first was lost", async () => {
    const { github, run } = await scene({ head: index });
    github.fault({ request: /^POST .*reviews/, times: 1, cut: "after" });
    const ended = await run();
    expect(ended.status).toBe(0);
    expect(github.state.reviewComments).toHaveLength(1);
    expect(ended.issues).toMatchObject([
      { level: "warning", message: expect.stringMatching(/^The suggestions could not be/) },
    ]);
  });

  test("can be turned off", async () => {
    const { github, run } = await scene({ head: index });
    await run({ with: { suggestions: "false" } });
    expect(github.state.reviewComments).toEqual([]);
    expect(github.calls.filter((call) => call.includes("pulls/7/comments"))).toEqual([]);
  });
});
