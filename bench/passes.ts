import { check } from "../src/commands/check.ts";
import { openWorkspace } from "../src/workspace/workspace.ts";

// Checks a directory so many times in one process; prints the bytes in use after each pass, garbage left out.
const [directory = ".", passes = "40"] = process.argv.slice(2);
const collect = globalThis.gc;
if (collect === undefined) throw new Error("Start it with node --expose-gc.");
const workspace = openWorkspace(directory);
const used: number[] = [];
for (let pass = 0; pass < Number(passes); pass++) {
  await check({ paths: ["."], config: null, layout: null, postgres: null }, { workspace });
  // Twice: the parser's memory is let go of by a finalizer.
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  used.push(heapUsed + external);
}
process.stdout.write(`${JSON.stringify(used)}\n`);
