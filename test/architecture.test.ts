import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** Layer 1: each folder may import itself, what stands right of it, and layer 0. */
const core = ["plan", "gate", "rules", "facts", "migrations", "sql", "config"];
const layer0 = ["ports.ts", "errors.ts", "text.ts", "tree.ts"];
/** The first part of a path in src/ → the first parts that its files may import. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(layer0.map((file) => [file, layer0])),
  ...Object.fromEntries(core.map((folder, i) => [folder, [...core.slice(i), ...layer0]])),
  report: ["report", ...core, ...layer0],
  deploy: ["deploy", "report", ...core, ...layer0],
  commands: ["commands", "deploy", "report", ...core, ...layer0],
  database: ["database", ...core, ...layer0],
  store: ["store", ...layer0],
  backup: ["backup", "store", "database", "process", "report", ...core, ...layer0],
  verify: ["verify", "database", "process", "report", ...core, ...layer0],
  workspace: ["workspace", "process", "config", ...layer0],
  process: ["process", ...layer0],
  notify: ["notify", ...core, ...layer0],
  github: ["github", "report", "config", ...layer0],
  "help.ts": [],
  wiring: [
    ...(["wiring", "help.ts", "commands", "workspace", "database", "store", "backup", "verify", "process"] as const),
    ...(["deploy", "notify", "report"] as const),
    ...core,
    ...layer0,
  ],
  cli: ["cli", "wiring", "help.ts", "commands", "workspace", "process", "report", ...core, ...layer0],
  "main.ts": ["cli", "help.ts", "commands", "workspace", "report", ...core, ...layer0],
  "cli.ts": ["main.ts"],
  action: [
    "action",
    "wiring",
    "help.ts",
    "commands",
    "database",
    "workspace",
    "process",
    "github",
    "report",
    ...core,
    ...layer0,
  ],
  "index.ts": ["action", "github", "report", ...layer0],
};
/** Packages → who may import them. Everybody else does with what these hand on. */
const fences: Readonly<Record<string, RegExp>> = {
  "libpg-query": /^sql\//,
  "libpg-query-15": /^sql\//,
  "libpg-query-16": /^sql\//,
  "libpg-query-17": /^sql\//,
  "node-sql-parser": /^sql\/dialects\//,
  "@pgsql/types": /^sql\//,
  yaml: /^workspace\//,
  pg: /^database\//,
  "@actions/core": /^github\//,
  "@octokit": /^github\/api\.ts$/,
  ajv: /^github\/(?:own|stored)-report\.ts$/,
  "node:fs":
    /^(workspace\/|github\/|database\/|backup\/|store\/|process\/follow\.ts$|verify\/|sql\/postgres\.ts$|help\.ts$)/,
  "node:":
    /^(workspace\/|github\/|database\/|backup\/|store\/|verify\/|sql\/|process\/|tree\.ts$|plan\/digest\.ts$|main\.ts$|cli\/|wiring\/|action\/|help\.ts$)/,
};
/** The parser's node types reach the readers of statements, and nobody after them. */
const nodeTypes = { file: "sql/nodes.ts", for: /^(sql|facts)\// };
/** Lists of what PostgreSQL does or what things are called: long because the lists are. */
const knowledgeTables = ["facts/builtins.ts", "facts/effects.ts", "gate/classify.ts"];

type Sources = Readonly<Record<string, string>>;

const withoutComments = (source: string) => source.replace(/^\s*(?:\/\*[\s\S]*?\*\/|\/\/.*$)|\s\/\/ .*$/gm, "");
const withoutStrings = (source: string) =>
  withoutComments(source).replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, '""');

function importsOf(file: string, source: string): readonly string[] {
  const found = withoutComments(source).matchAll(
    /^(?:import|export|\} from)\b(?:[^;"]*?\bfrom)?\s*"([^"\n]+)";|\bimport\(\s*"([^"\n]+)"/gm,
  );
  return [...found]
    .map(([, fixed, dynamic]) => fixed ?? dynamic ?? "")
    .map((name) => (name.startsWith(".") ? posix.normalize(posix.join(posix.dirname(file), name)) : `package ${name}`));
}

const placeOf = (file: string) => file.split("/", 1)[0] ?? file;

/** Everything that is wrong with these files, one line each. */
function faultsOf(sources: Sources): readonly string[] {
  const faults: string[] = [];
  const graph = new Map(Object.entries(sources).map(([file, source]) => [file, importsOf(file, source)]));
  for (const [file, imports] of graph) {
    const allowed = mayImport[placeOf(file)];
    if (allowed === undefined) faults.push(`${file} has no place in the layers`);
    for (const name of imports) {
      const packageName = /^package (.*)/.exec(name)?.[1];
      if (packageName !== undefined) {
        const fence = Object.keys(fences).find((each) => packageName === each || packageName.startsWith(`${each}/`));
        const rule = fences[fence ?? (packageName.startsWith("node:") ? "node:" : "")];
        if (rule?.test(file) !== true) faults.push(`${file} imports ${packageName}`);
      } else if (sources[name] === undefined) faults.push(`${file} imports ${name}, which is not there`);
      else if (allowed?.includes(placeOf(name)) !== true) faults.push(`${file} imports ${name}`);
      else if (name === nodeTypes.file && !nodeTypes.for.test(file)) faults.push(`${file} imports ${name}`);
    }
  }
  for (const file of graph.keys()) {
    const cycle = pathBack(file, graph);
    if (cycle !== null) faults.push(`cycle: ${cycle.join(" → ")}`);
  }
  for (const [file, source] of Object.entries(sources)) {
    const lines = source.trimEnd().split("\n").length;
    if (lines > 300 !== knowledgeTables.includes(file)) faults.push(`${file} has ${lines} lines`);
    const code = withoutStrings(source);
    if (!file.startsWith("sql/") && /\bas\s+(?!const\b)/.test(code.replace(/^(?:im|ex)port\b[^;]*\bfrom "";/gm, "")))
      faults.push(`${file} casts with as`);
    if (/\bany\b/.test(code)) faults.push(`${file} says any`);
    if (/\benum\s+\w+\s*\{/.test(code)) faults.push(`${file} has an enum`);
    if (/\bclass\s+\w+(?!\w|\s+extends\s+(?:\w*Error|Refusal)\b)/.test(code) && !file.endsWith(".d.ts"))
      faults.push(`${file} has a class that is no error`);
  }
  return faults;
}

/** The shortest way from a file back to itself, told once for each cycle: from its first file. */
function pathBack(start: string, graph: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const seen = new Set<string>();
  const open: (readonly string[])[] = [[start]];
  for (const path of open) {
    for (const next of graph.get(path.at(-1) ?? "") ?? []) {
      if (next === start) return path.every((file) => file >= start) ? [...path, start] : null;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push([...path, next]);
    }
  }
  return null;
}

function sourcesOfProject(): Sources {
  const root = fileURLToPath(new URL("../src/", import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    // A declaration of what a package exports imports nothing.
    (name) => name.endsWith(".ts") && !name.endsWith(".d.ts"),
  );
  return Object.fromEntries(files.map((name) => [name.replaceAll("\\", "/"), readFileSync(root + name, "utf8")]));
}

test("the layers, the fences and the conventions hold for every file", () => {
  const sources = sourcesOfProject();
  expect(Object.keys(sources).length).toBeGreaterThan(80);
  const imports = Object.entries(sources).flatMap(([file, source]) => importsOf(file, source));
  // Nothing would be held if the imports were not found.
  const all = Object.values(sources).join("\n");
  expect(imports.length).toBe(all.match(/\bfrom "[^"\s]+";$|\bimport\("/gm)?.length);
  expect(faultsOf(sources)).toEqual([]);
});

test.each([
  ["a lower layer that imports a higher one", "sql/new.ts", 'import { decide } from "../gate/decide.ts";'],
  ["a rule that imports the gate", "rules/new.ts", 'import type { Verdict } from "../gate/decide.ts";'],
  ["a dynamic import", "facts/new.ts", 'const rule = await import("../rules/rule.ts");'],
  ["an import over several lines", "facts/new.ts", 'import {\n  type Rule,\n  defineRule,\n} from "../rules/rule.ts";'],
  ["something that is handed on", "facts/new.ts", 'export { decide } from "../gate/decide.ts";'],
  ["an import for its effect alone", "config/new.ts", 'import "../sql/parse.ts";'],
  ["a command that imports the workspace", "commands/new.ts", 'import { look } from "../workspace/workspace.ts";'],
  ["a command that reads files", "commands/new.ts", 'import { readFileSync } from "node:fs";'],
  ["a command that asks for the system", "commands/new.ts", 'import { join } from "node:path";'],
  ["a report that reads files", "report/new.ts", 'import { readFile } from "node:fs/promises";'],
  ["the workspace that reads SQL", "workspace/new.ts", 'import { readScript } from "../sql/parse.ts";'],
  ["the parser outside sql", "facts/new.ts", 'import { parse } from "libpg-query";'],
  ["node types in a rule", "rules/new.ts", 'import type { Node } from "../sql/nodes.ts";'],
  ["the package of node types in facts", "facts/new.ts", 'import type { Node } from "@pgsql/types";'],
  ["YAML outside the workspace", "config/new.ts", 'import { parseDocument } from "yaml";'],
  ["the toolkit of actions outside github", "main.ts", 'import { setFailed } from "@actions/core";'],
  ["github that runs a command", "github/new.ts", 'import { check } from "../commands/check.ts";'],
  ["the database's package", "workspace/new.ts", 'import { Client } from "pg";'],
  ["a package that nobody named", "main.ts", 'import chalk from "chalk";'],
  ["a folder that has no layer", "utils/new.ts", "export const one = 1;"],
  ["a file that is not there", "facts/new.ts", 'import { x } from "./gone.ts";'],
  ["a cast", "report/new.ts", "export const text = value as string;"],
  ["any", "sql/new.ts", "export function read(value: any) {}"],
  ["an enum", "facts/new.ts", "export enum Colour { red }"],
  ["a class", "report/new.ts", "export class Reporter {}"],
  ["a long file", "report/new.ts", "\n".repeat(301).replaceAll("\n", "1;\n")],
  ["a knowledge table that is not long any more", "gate/classify.ts", "export const one = 1;"],
])("%s is found", (_what, file, source) => {
  const faults = faultsOf({ ...sourcesOfProject(), [file]: source });
  expect(faults.filter((fault) => fault.startsWith(`${file} `)).length).toBeGreaterThan(0);
});

test("a cycle is found once, with its way", () => {
  const faults = faultsOf({
    "facts/a.ts": 'import { b } from "./b.ts";',
    "facts/b.ts": 'import { c } from "./c.ts";',
    "facts/c.ts": 'import type { a } from "./a.ts";',
    "facts/d.ts": 'import { a } from "./a.ts";',
  });
  expect(faults).toEqual(["cycle: facts/a.ts → facts/b.ts → facts/c.ts → facts/a.ts"]);
});

test("what only looks like a fault is none", () => {
  const source = [
    'import * as columns from "./b.ts";',
    'import { type A as B } from "./b.ts";',
    "// the parser takes any as a table, and a class of its own",
    'const words = ["as any", "enum x {", "class y {"] as const;',
    "const sentence = `as it stands, any class`;",
    "export class Refused extends Error {}",
  ].join("\n");
  expect(faultsOf({ "facts/a.ts": source, "facts/b.ts": "" })).toEqual([]);
});
