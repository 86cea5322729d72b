/** Makes the files of a new rule: `npm run new-rule -- my-rule-id "What to do, without a full stop"`. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { rules } from "../src/rules/index.ts";
import { scaffold } from "./rule-scaffold.ts";

const root = new URL("../", import.meta.url);
const [id = "", title = "", ...more] = process.argv.slice(2);

if (id === "" || more.length > 0) {
  console.error('Usage: npm run new-rule -- my-rule-id "What to do, without a full stop"');
  process.exit(2);
}

const made = scaffold(id, title, {
  index: await readFile(new URL("src/rules/index.ts", root), "utf8"),
  files: await readdir(new URL("src/rules/", root)),
  titles: rules.map(({ meta }) => meta.title),
});

switch (made.kind) {
  case "refused":
    console.error(made.why);
    process.exitCode = 2;
    break;
  case "files":
    for (const [path, text] of made.files) {
      await mkdir(new URL("./", new URL(path, root)), { recursive: true });
      await writeFile(new URL(path, root), text);
      console.log(`wrote ${path}`);
    }
    console.log(`
What is left to do:
  1. Fill in what TODO stands at in src/rules/${id}.ts. A fact that it lacks belongs into src/facts.
  2. Write two bad and two good cases or more in test/rules/${id}/cases.sql.
  3. npx vitest run test/rules         until all of it passes, on PostgreSQL too.
  4. npm run docs                      writes docs/rules/${id}.md from the rule and its first cases.`);
}
