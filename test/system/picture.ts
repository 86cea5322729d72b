import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderComment } from "../../src/report/comment.ts";
import { withBrowser } from "./browser.ts";
import { githubPage } from "./github-page.ts";
import { sampleContext, sampleReport } from "./sample.ts";

/** Writes docs/images/comment.png, which the README shows: `npm run docs:picture`. */
const target = fileURLToPath(new URL("../../docs/images/comment.png", import.meta.url));

const html = await githubPage(renderComment(await sampleReport(), sampleContext));
const picture = await withBrowser(async (browser) => {
  const page = await browser.newPage();
  await page.setContent(html);
  await page.evaluate("window.drawn");
  return page.locator(".comment").screenshot();
});
// A page of text needs few colours, and a repository few bytes.
const small = spawnSync("pngquant", ["--speed", "1", "--strip", "128", "-"], { input: picture });
if (small.status !== 0) throw new Error(`pngquant ended with ${small.status}: ${small.stderr}`);
mkdirSync(fileURLToPath(new URL(".", `file://${target}`)), { recursive: true });
writeFileSync(target, small.stdout);
process.stdout.write(`${target}: ${small.stdout.length} bytes\n`);
