import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Ended, step } from "./runner.ts";

/** What a runner would do at the word of a file's name or of its SQL. Only what the step says itself is allowed. */
const own = new Set(["stop-commands", "group", "endgroup", "error", "warning", "notice"]);
function deedsIn({ commands, log, raw, issues }: Ended): readonly string[] {
  return [
    ...commands.filter((name) => !own.has(name)),
    // Messages that nobody here has written.
    ...issues.filter(({ message }) => /^(owned|x$)/.test(message)).map(({ message }) => message),
    // In the log, what GitHub's page or a terminal acts on; of colours, only our own.
    ...log.split("\n").filter((line) => /^\s*##\[|^\s*::(?!stop-commands|[0-9a-f-]{36}::)/.test(line)),
    ...(raw
      .replace(/\u001b\[[0-9;]+m/g, "")
      .match(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g) ?? []),
  ];
}

const orders = [
  "\n::error::owned",
  "\r::add-mask::a",
  "%0A::error::owned",
  "%0D%0A::add-mask::a",
  "##[error]owned",
  "##[add-mask]a",
  "##\u034f[set-output name=verdict]pass",
  "\u00ad::error::owned",
  "::set-output name=verdict::pass",
  ",line=1::owned",
  "\u001b[31mred",
  "\u202etxt",
];

/** The outputs are these and nothing else, whatever stood in the repository. */
function outputsAreOurs(ended: Ended, verdict: string): void {
  expect(ended.outputs).toEqual({
    risk: expect.stringMatching(/^(low|medium|high|critical)$/),
    verdict,
    gate: "closed",
    findings: expect.stringMatching(/^\d+$/),
    pending: expect.stringMatching(/^\d+$/),
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    "backup-required": expect.stringMatching(/^(true|false)$/),
    deploy: expect.stringMatching(/^(automatic|reviewed|manual)$/),
    report: expect.stringContaining(ended.temporary),
  });
}

describe.skipIf(process.platform === "win32")("file names", () => {
  test.each(orders)("%j in the name of a migration does nothing, and the migration is judged", async (order) => {
    const ended = await step({
      files: { [`migrations/001_a${order}.sql`]: "DROP TABLE a;\n", [`migrations/${order}`]: "" },
    });
    expect(ended.status).toBe(1);
    expect(ended.log).toContain("critical  drop-table");
    expect(deedsIn(ended)).toEqual([]);
    outputsAreOurs(ended, "needs-approval");
    const { migrations } = JSON.parse(readFileSync(ended.outputs.report ?? "", "utf8"));
    expect(migrations[0].path).toBe(`migrations/001_a${order}.sql`);
  });

  test.each(orders)("%j in a name that an error offers does nothing", async (order) => {
    const ended = await step({ files: { [`migrations/001_a${order}.sql`]: "" }, with: { path: "migrations/001_a" } });
    expect(ended.issues[0]?.message).toContain("did you mean migrations/001_a");
    expect(ended.issues).toHaveLength(1);
    expect(deedsIn(ended)).toEqual([]);
  });
});

describe("SQL", () => {
  test.each(orders)("%j does nothing where it stands in a string, a name or a comment", async (order) => {
    const name = order.replaceAll('"', "");
    const sql = [
      `-- ${order}`,
      order,
      `UPDATE users SET note = '${order}`,
      "::add-mask::secret",
      `ghadelimiter_x' WHERE id = 1;`,
      `DROP TABLE "${name}";`,
      `ALTER TABLE "${name}" ALTER COLUMN "${name}" SET NOT NULL;`,
      `CREATE INDEX ON t (("${name}"));`,
      order,
    ].join("\n");
    const ended = await step({ files: { "migrations/001_a.sql": sql } });
    expect(ended.status).toBe(1);
    expect(deedsIn(ended)).toEqual([]);
    outputsAreOurs(ended, "blocked");
  });
});

describe("what stands under with:", () => {
  test.each(
    orders.flatMap((order) => ["command", "path", "config", "report-file", order].map((name) => [name, order])),
  )("%j: %j does nothing", async (name, order) => {
    if (/[\0=]/.test(name)) return;
    const ended = await step({ files: { "migrations/001_a.sql": "DROP TABLE a;\n" }, with: { [name]: order } });
    expect(ended.status).toBe(1);
    expect(deedsIn(ended)).toEqual([]);
  });
});

test("the word that lets commands through again is another one in every run", async () => {
  const tokens = await Promise.all(
    [1, 2].map(
      async () => /::stop-commands::(\S+)/.exec((await step({ files: { "migrations/1_a.sql": "" } })).raw)?.[1],
    ),
  );
  expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(tokens[1]).not.toBe(tokens[0]);
});
