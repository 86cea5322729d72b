/** Writes docs/rules from the rules and their cases: `npm run docs`. With `-- --check` it only says which pages are stale. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { rules } from "../src/rules/index.ts";
import { casesOf } from "../test/rules/folders.ts";
import { rulePages } from "./rule-pages.ts";

const folder = new URL("../docs/rules/", import.meta.url);

const unknown = process.argv.slice(2).filter((word) => word !== "--check");
if (unknown.length > 0) {
  console.error(`Unknown option: ${unknown[0]}. The only one is --check.`);
  process.exit(2);
}

const pages = await rulePages(rules, casesOf);
await mkdir(folder, { recursive: true });
const there = await readdir(folder);
const stale: string[] = [];
for (const [name, text] of pages) {
  const before = there.includes(name) ? await readFile(new URL(name, folder), "utf8") : null;
  if (before !== text) stale.push(name);
}
const superfluous = there.filter((name) => name.endsWith(".md") && !pages.has(name));

if (process.argv.includes("--check")) {
  for (const name of stale) console.error(`docs/rules/${name} is not what its rule says now.`);
  for (const name of superfluous) console.error(`docs/rules/${name} belongs to no rule.`);
  if (stale.length + superfluous.length > 0) {
    console.error("Write them again: npm run docs");
    process.exitCode = 1;
  }
} else {
  for (const name of stale) await writeFile(new URL(name, folder), pages.get(name) ?? "");
  for (const name of superfluous) await rm(new URL(name, folder));
  console.log(`docs/rules: ${pages.size} pages, ${stale.length} written, ${superfluous.length} removed.`);
}
