import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import rehypeParse from "rehype-parse";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import rehypeStringify from "rehype-stringify";
import { unified } from "unified";

/**
 * A comment as GitHub shows it, as near as it can be had: its own Markdown reader (cmark-gfm, with the extensions that it turns on),
 * the list of HTML that it lets through (rehype-sanitize's default is a copy of it), its colours for alerts, and Mermaid.
 */
export async function githubPage(markdown: string): Promise<string> {
  const clean = await sanitized(html(markdown));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:">
<style>${asset("github-markdown-css/github-markdown-light.css")}</style>
<style>${frame}</style>
</head>
<body>
<div class="comment">
<div class="who"><b>github-actions</b> <span class="bot">bot</span> commented now</div>
<div class="markdown-body">${alerts(clean)}</div>
</div>
<script>${asset("mermaid/dist/mermaid.min.js").replaceAll("</script", "<\\/script")}</script>
<script>${drawing}</script>
</body>
</html>`;
}

/** The Markdown as HTML, before anything is taken out of it. */
function html(markdown: string): string {
  const extensions = ["table", "strikethrough", "autolink", "tagfilter", "tasklist", "footnotes"];
  const args = ["--unsafe", "--github-pre-lang", ...extensions.flatMap((name) => ["--extension", name])];
  const { stdout, status, error } = spawnSync("cmark-gfm", args, { input: markdown, encoding: "utf8" });
  if (status !== 0) throw error ?? new Error(`cmark-gfm ended with ${status}`);
  return stdout;
}

/** What is left of it: GitHub keeps the language of a block of code beside. */
async function sanitized(unsafe: string): Promise<string> {
  const attributes = { ...defaultSchema.attributes, pre: [...(defaultSchema.attributes?.pre ?? []), "lang"] };
  const file = await unified()
    .use(rehypeParse, { fragment: true })
    .use(rehypeSanitize, { ...defaultSchema, attributes })
    .use(rehypeStringify)
    .process(unsafe);
  return String(file);
}

/** GitHub makes a coloured block of a quotation that begins so. */
function alerts(clean: string): string {
  return clean.replace(
    /<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*(?:<br>)?/g,
    (_all, kind: string) =>
      `<blockquote class="alert ${kind.toLowerCase()}"><p><b class="alert-title">${title(kind)}</b></p><p>`,
  );
}

function title(kind: string): string {
  return kind.slice(0, 1) + kind.slice(1).toLowerCase();
}

function asset(path: string): string {
  return readFileSync(fileURLToPath(new URL(`node_modules/${path}`, import.meta.url)), "utf8");
}

const drawing = `
window.drawn = (async () => {
  for (const pre of document.querySelectorAll('pre[lang="mermaid"]')) {
    const chart = document.createElement("div");
    chart.className = "mermaid";
    chart.textContent = pre.textContent;
    pre.replaceWith(chart);
  }
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
  await mermaid.run({ querySelector: ".mermaid" });
})();
`;

const frame = `
body { margin: 0; padding: 16px; background: #fff; }
.comment { width: 880px; border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden; font-family: "Liberation Sans", sans-serif; }
.who { padding: 8px 16px; font-size: 14px; color: #59636e; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; }
.who b { color: #1f2328; }
.bot { padding: 0 6px; font-size: 12px; border: 1px solid #d1d9e0; border-radius: 2em; }
.comment .markdown-body { padding: 16px; font-size: 14px; font-family: "Liberation Sans", sans-serif, "Noto Color Emoji"; }
.markdown-body .alert { padding: 8px 16px; color: inherit; border-left: 4px solid #0969da; }
.markdown-body .alert-title { color: #0969da; font-weight: 500; }
.markdown-body .tip { border-left-color: #1a7f37; } .tip .alert-title { color: #1a7f37; }
.markdown-body .warning { border-left-color: #9a6700; } .warning .alert-title { color: #9a6700; }
.markdown-body .caution { border-left-color: #cf222e; } .caution .alert-title { color: #cf222e; }
`;
