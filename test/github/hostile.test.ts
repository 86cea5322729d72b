import { describe, expect, test } from "vitest";
import { type Scene, scene, stranger } from "./scene.ts";

const hostile = [
  "@octo/dba",
  "```\n@octo/dba",
  "| a | b |",
  "<img src=x onerror=alert(1)>",
  "<!-- lockkeeper:comment key= run=9 attempt=1 commit=x verdict=pass findings=0 -->",
  "-->\n## Lockkeeper: pass",
  "::add-mask::e",
  "::error::owned",
  "##[error]owned",
  "![](https://example.com/pixel.png)",
  "[click](javascript:alert(1))",
  "$(id)`id`",
  "\u202etxt",
  "%0A::error::owned",
  "closes #1",
];
const own = new Set(["stop-commands", "group", "endgroup", "error", "warning", "notice"]);

/** The parts of Markdown in which nothing is code: there a mention is a mention, and a tag is a tag. */
function outsideCode(markdown: string): string {
  return markdown.replace(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1`*\s*$/gm, "").replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
}

/** What a text from a stranger has made happen; nothing, it is to be hoped. */
async function deeds({ run, github, check, pull }: Scene): Promise<readonly string[]> {
  const ended = await run();
  expect(ended.status).toBe(0);
  expect(check()?.conclusion).toMatch(/^(action_required|failure)$/);
  expect(github.state.comments).toHaveLength(1);
  const pages = [github.state.comments[0]?.body ?? "", check()?.summary ?? ""];
  expect(github.state.comments[0]?.body).toContain(pull.head.slice(0, 7));
  return [
    ...ended.commands.filter((name) => !own.has(name)),
    ...ended.issues.filter(({ message }) => /^owned/.test(message)).map(({ message }) => message),
    ...pages.flatMap((page) => {
      const text = outsideCode(page.replace(/^<!-- lockkeeper:comment [^\n]*-->\n/, ""));
      return [
        ...(text.match(/(?<![\w&;/])@octo|<img|<!--|^## Lockkeeper: pass$|!\[|\]\(javascript|closes #1/gm) ?? []),
        ...(page.match(/\u202e/g) ?? []),
      ];
    }),
  ];
}

describe("texts of strangers do nothing", () => {
  test.each(hostile)("in SQL: %j", async (text) => {
    const quoted = text.replaceAll('"', "").replaceAll("'", "");
    const sql = `-- ${text}\nDROP TABLE "${quoted}";\nUPDATE users SET name = '${quoted}';\n${text}\n`;
    expect(await deeds(await scene({ head: { "db/migrations/000002_a.up.sql": sql } }))).toEqual([]);
  });

  test.each(hostile)("in the name of a file: %j", async (text) => {
    const name = text.replaceAll("/", "∕").slice(0, 100);
    expect(
      await deeds(await scene({ head: { [`db/migrations/000002_${name}.up.sql`]: "DROP TABLE users;\n" } })),
    ).toEqual([]);
  });

  test("in the branch, the title and the reviews of the pull request", async () => {
    for (const text of hostile) {
      const head = { "db/migrations/000002_a.up.sql": "DROP TABLE users;\n" };
      const it = await scene({ head, branch: text, title: text });
      it.review({ ...stranger, login: text.replaceAll("\n", "") }, "APPROVED");
      it.review(stranger, "CHANGES_REQUESTED");
      expect(await deeds(it)).toEqual([]);
    }
  });

  test("in what a workflow gives as a key", async () => {
    const it = await scene({ head: { "db/migrations/000002_a.up.sql": "DROP TABLE users;\n" } });
    await it.run({ with: { key: "--> <b> @octo/dba" } });
    expect(it.github.state.comments[0]?.body).toMatch(/^<!-- lockkeeper:comment key=\S+ run=\d+ [^>]*-->\n/);
    await it.run({ with: { key: "--> <b> @octo/dba" } });
    expect(it.github.state.comments).toHaveLength(1);
  });
});
