import { chmodSync, copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { grammarVersions } from "../src/sql/postgres.ts";
import { licencesOf } from "./licences.ts";

/**
 * Writes dist/: the command line and the action as ES modules, split so that a command loads only what it needs, with PostgreSQL's
 * grammars beside them. The same sources give the same bytes: dist/ is committed, and compared.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const dist = process.argv[2] ?? `${root}dist`;
// Built beside and put in place when it is whole: a build that fails leaves the last good one.
const fresh = mkdtempSync(`${dist}-`);
chmodSync(fresh, 0o755);

// The parser's loaders are CommonJS and ask for these names; `var`, because two modules of one file may both bring them.
const commonJs = [
  'import{createRequire as __createRequire}from"node:module";',
  'import{fileURLToPath as __fileURLToPath}from"node:url";',
  "var require=__createRequire(import.meta.url),__filename=__fileURLToPath(import.meta.url),__dirname=__fileURLToPath(new URL('.',import.meta.url));",
].join("");

/**
 * The action's toolkit brings an HTTP client that nobody here calls. Its modules only define things, but do not say so; told that, esbuild
 * leaves out what is not used, and the action starts in half the time.
 */
const unusedToolkit: Plugin = {
  name: "unused-toolkit",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
      const toolkit = path.startsWith("@actions/") || from.importer.includes("/node_modules/@actions/");
      if (!toolkit || pluginData === unusedToolkit.name) return null;
      const found = await resolve(path, { ...from, pluginData: unusedToolkit.name });
      return { ...found, sideEffects: false };
    });
  },
};

/** Put only where it is asked for: working these names out takes a tenth of a millisecond, thirty times at each start. */
function withCommonJs(code: string): string {
  if (!/\b(?:require|__filename|__dirname)\b/.test(code)) return code;
  const [first = "", rest = ""] = code.startsWith("#!") ? code.split(/(?<=^#!.*\n)/) : ["", code];
  return `${first}${commonJs}\n${rest}`;
}

try {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { cli: "src/cli.ts", index: "src/index.ts" },
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "linked",
    chunkNames: "[name]-[hash]",
    plugins: [unusedToolkit],
    logLevel: "warning",
    metafile: true,
    write: false,
  });
  for (const { path, text, contents } of outputFiles)
    writeFileSync(path, path.endsWith(".js") ? withCommonJs(text) : contents);

  const { resolve } = createRequire(import.meta.url);
  for (const major of grammarVersions) {
    const name = major === 18 ? "libpg-query" : `libpg-query-${major}`;
    copyFileSync(resolve(`${name}/wasm/libpg-query.wasm`), `${fresh}/libpg-query-${major}.wasm`);
  }

  const shipped = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  writeFileSync(`${fresh}/licences.txt`, licencesOf(shipped, root));

  const size = readFileSync(`${fresh}/cli.js`).length;
  if (size > 64 * 1024)
    throw new Error(`dist/cli.js has ${size} bytes: something that one command needs is loaded by all of them.`);

  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
