import { describe, expect, test } from "vitest";
import { scene } from "./scene.ts";

const config = (command: string) =>
  `version: 1\nmigrations: [{ directory: alembic/versions, sql-command: "${command}" }]\n`;
const base = {
  ".github/lockkeeper.yml": config("sh print.sh"),
  "alembic/versions/0001_users.py": "def upgrade(): pass\n",
  "print.sh": "echo 'CREATE TABLE users (id bigint PRIMARY KEY);'\n",
};

describe("a pull request that changes what a sql-command prints", () => {
  test("is judged by what its own code prints, with the base's command, and the comment says so", async () => {
    const { github, pull, run, check } = await scene({
      base,
      head: {
        ".github/lockkeeper.yml": config("true"),
        "print.sh": 'echo "DROP TABLE t_$LOCKKEEPER_BASE$INPUT_TOKEN;"\n',
      },
    });
    const ended = await run();
    expect(ended.outputs.gate).toBe("closed");
    expect(ended.log).toContain("alembic/versions (sql-command):1:1  critical  drop-table");
    expect(ended.log).toContain(`All rows of t_${pull.base} are gone`);
    expect(check()?.conclusion).not.toBe("success");
    const body = github.state.comments[0]?.body ?? "";
    expect(body).toContain(
      "The SQL of `alembic/versions` was printed by a program of this pull request (`sh print.sh`).",
    );
    expect(body).not.toMatch(/\/blob\/[^)]*sql-command/);
    expect(check()?.annotations.map(({ path }) => path)).toEqual([".github/lockkeeper.yml"]);
  });

  test("fails the job where the command fails, without an order of what it says being taken", async () => {
    const { run } = await scene({
      base,
      head: { "print.sh": "echo 'CREATE TABLE a (x int);'\necho '::notice::all is well' >&2\nexit 1\n" },
    });
    const ended = await run();
    expect(ended.status).toBe(1);
    expect(ended.issues.map(({ level }) => level)).toEqual(["error"]);
    expect(ended.issues[0]?.message).toContain("The sql-command of alembic/versions failed: nothing was judged.");
  });
});
