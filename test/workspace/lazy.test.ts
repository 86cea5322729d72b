import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("the YAML reader stays out of what is loaded when there is no config file", async () => {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL("../../src/workspace/workspace.ts", import.meta.url))],
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    outdir: "out",
    format: "esm",
    platform: "node",
  });
  const outputs = Object.entries(metafile.outputs);
  const holdsYaml = (name: string) =>
    Object.keys(metafile.outputs[name]?.inputs ?? {}).some((input) => input.includes("node_modules/yaml/"));
  const loaded = new Set<string>();
  const load = (name: string): void => {
    if (loaded.has(name)) return;
    loaded.add(name);
    for (const { path, kind } of metafile.outputs[name]?.imports ?? []) if (kind === "import-statement") load(path);
  };
  load(outputs.find(([, output]) => output.entryPoint?.endsWith("workspace.ts"))?.[0] ?? "");
  expect(loaded.size).toBeGreaterThan(0);
  expect([...loaded].filter(holdsYaml)).toEqual([]);
  expect(outputs.filter(([name]) => holdsYaml(name))).not.toEqual([]);
});
