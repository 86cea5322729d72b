import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as queries from "../src/github/queries.ts";
import { operations, payloads } from "../test/github/in-use.ts";
import { graphqlSubset } from "./graphql-subset.ts";

/**
 * Writes test/github/openapi.json and schema.graphql, the parts of GitHub's descriptions that the fake GitHub needs, and
 * test/github/payloads/, real events, from packages that are too large to install for everybody: `npx tsx scripts/github-schemas.ts`
 */
const packages = ["@octokit/openapi@23.0.2", "@octokit/webhooks-examples@7.6.1", "@octokit/graphql-schema@15.26.1"];
const target = fileURLToPath(new URL("../test/github/", import.meta.url));

type Json = null | boolean | number | string | readonly Json[] | JsonMap;
type JsonMap = { readonly [key: string]: Json };

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const mapAt = (value: Json | undefined, ...path: readonly string[]): JsonMap => {
  const found = path.reduce<Json | undefined>((at, key) => (isMap(at) ? at[key] : undefined), value);
  if (!isMap(found)) throw new Error(`There is no ${path.join(" → ")}: has the description changed?`);
  return found;
};

/** Words for readers, which are most of the description. */
const unneeded = new Set(["description", "example", "examples", "title", "externalDocs", "deprecated"]);

/** OpenAPI 3.0 writes `nullable` where JSON Schema has a type more. */
function asJsonSchema(value: Json, inProperties = false): Json {
  if (Array.isArray(value)) return value.map((each) => asJsonSchema(each));
  if (!isMap(value)) return value;
  const { nullable, ...rest } = value;
  const kept = Object.entries(inProperties ? value : rest).filter(
    ([key]) => inProperties || (!unneeded.has(key) && !key.startsWith("x-")),
  );
  const schema = Object.fromEntries(kept.map(([key, each]) => [key, asJsonSchema(each, key === "properties")]));
  if (nullable !== true || inProperties) return schema;
  return { anyOf: [{ type: "null" }, schema] };
}

/** Everything that a value refers to, by the name of its component, with what those refer to in their turn. */
function components(description: JsonMap, start: Json): Record<string, Json> {
  const found: Record<string, Json> = {};
  const open = [start];
  for (const value of open) {
    for (const [, kind = "", name = ""] of JSON.stringify(value).matchAll(/"#\/components\/([\w-]+)\/([\w.-]+)"/g)) {
      if (kind === "examples" || `${kind}/${name}` in found) continue;
      const component = asJsonSchema(mapAt(description, "components", kind, name));
      found[`${kind}/${name}`] = component;
      open.push(component);
    }
  }
  return found;
}

/** The first example of GitHub's own for what an operation answers; null where there is none. */
function exampleOf(description: JsonMap, response: Json | undefined): Json {
  const examples = isMap(response) ? mapAt(response, "content", "application/json").examples : undefined;
  const first = isMap(examples) ? Object.values(examples)[0] : undefined;
  if (!isMap(first)) return null;
  const name = /^#\/components\/examples\/(.*)$/.exec(String(first.$ref))?.[1];
  return (name === undefined ? first : mapAt(description, "components", "examples", name)).value ?? null;
}

function extract(description: JsonMap): JsonMap {
  const kept = operations.map(({ method, path, success }) => {
    const operation = mapAt(description, "paths", path, method);
    const parameters = (Array.isArray(operation.parameters) ? operation.parameters : []).map((each) => {
      const name = /^#\/components\/parameters\/(.*)$/.exec(String(isMap(each) ? each.$ref : ""))?.[1];
      return name === undefined ? each : mapAt(description, "components", "parameters", name);
    });
    const body = operation.requestBody;
    const response = mapAt(operation, "responses")[String(success)];
    const content = isMap(response) ? response.content : undefined;
    return {
      method,
      path,
      success,
      parameters: asJsonSchema(parameters),
      body: body === undefined ? null : asJsonSchema(mapAt(body, "content", "application/json", "schema")),
      response: content === undefined ? null : asJsonSchema(mapAt(content, "application/json", "schema")),
      example: content === undefined ? null : exampleOf(description, response),
    };
  });
  return {
    version: mapAt(description, "info").version ?? "",
    operations: kept,
    components: components(description, kept),
  };
}

const temporary = mkdtempSync(join(tmpdir(), "lockkeeper-github-"));
try {
  writeFileSync(join(temporary, "package.json"), "{}");
  const install = [
    "install",
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--loglevel=error",
    ...packages,
  ];
  execFileSync("npm", install, { cwd: temporary, stdio: "inherit" });
  const read = (path: string): Json => JSON.parse(readFileSync(join(temporary, "node_modules/@octokit", path), "utf8"));
  const description = mapAt(read("openapi/generated/api.github.com.json"));
  writeFileSync(join(target, "openapi.json"), `${JSON.stringify(extract(description))}\n`);
  const schema = readFileSync(join(temporary, "node_modules/@octokit/graphql-schema/schema.graphql"), "utf8");
  writeFileSync(join(target, "schema.graphql"), graphqlSubset(schema, Object.values(queries)));
  const events = read("webhooks-examples/api.github.com/index.json");
  mkdirSync(join(target, "payloads"), { recursive: true });
  for (const { event, action } of payloads) {
    const named = Array.isArray(events) ? events.find((each) => isMap(each) && each.name === event) : undefined;
    const examples = isMap(named) && Array.isArray(named.examples) ? named.examples : [];
    const example = examples.find((each) => isMap(each) && (action === null || each.action === action));
    if (example === undefined) throw new Error(`There is no example of ${event} ${action ?? ""}`);
    const name = action === null ? event : `${event}.${action}`;
    writeFileSync(join(target, "payloads", `${name}.json`), `${JSON.stringify(example, null, 1)}\n`);
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
