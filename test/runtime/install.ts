import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Installs the Node.js of test/runtime/package.json, unless it is there: `npm test` runs this first. */
const directory = fileURLToPath(new URL(".", import.meta.url));
const manifest: { dependencies: { node: string } } = JSON.parse(readFileSync(`${directory}package.json`, "utf8"));
const wanted = `v${manifest.dependencies.node}`;

function installed(): string {
  return spawnSync(`${directory}node_modules/node/bin/node`, ["--version"], { encoding: "utf8" }).stdout?.trim() ?? "";
}

if (installed() !== wanted) {
  process.stdout.write(`Installing Node.js ${wanted}, on which the action is tested…\n`);
  const { npm_execpath: npm } = process.env;
  if (npm === undefined) throw new Error("Start this through npm: npm run test:runtime");
  const args = [npm, "ci", "--prefix", directory, "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0 || installed() !== wanted)
    throw new Error(`npm could not install Node.js ${wanted} in ${directory}`);
}
