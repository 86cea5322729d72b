import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

/** GitHub's own description of the operations in use; scripts/github-schemas.ts writes it. */
const description: Description = JSON.parse(readFileSync(new URL("./openapi.json", import.meta.url), "utf8"));

interface Description {
  readonly operations: readonly DescribedOperation[];
  readonly components: Readonly<Record<string, object>>;
}

export interface DescribedOperation {
  readonly method: string;
  readonly path: string;
  readonly success: number;
  readonly parameters: readonly { name: string; in: string; required?: boolean; schema: object }[];
  readonly body: object | null;
  readonly response: object | null;
  /** What GitHub shows as an answer. */
  readonly example: unknown;
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, coerceTypes: false });
formats.default(ajv);
// GitHub says date-time of times with an offset, uri of templates, and has formats of its own.
for (const name of ["repo.nwo", "timezone", "ssh-key", "float", "double", "int32", "int64"]) ajv.addFormat(name, true);
const components = Object.fromEntries(
  Object.entries(description.components).map(([name, schema]) => [name.replace("/", "_"), schema]),
);
const rooted = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replace(/"#\/components\/([\w-]+)\/([\w.-]+)"/g, '"github#/definitions/$1_$2"'));
ajv.addSchema({ $id: "github", definitions: rooted(components) });

/** An operation with the ways to hold a request and an answer to what GitHub says of them. */
export interface Described extends DescribedOperation {
  readonly matches: (method: string, pathname: string) => Readonly<Record<string, string>> | null;
  problemsOfRequest(query: URLSearchParams, body: unknown): readonly string[];
  problemsOfAnswer(body: unknown): readonly string[];
}

export const described: readonly Described[] = description.operations.map((operation) => {
  const pattern = new RegExp(
    `^${operation.path.replace(/\{(\w+)\}/g, (_, name: string) => (name === "ref" ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`))}$`,
  );
  const body = operation.body === null ? null : ajv.compile(rooted(closed(operation.body)));
  const answer = operation.response === null ? null : ajv.compile(rooted(operation.response));
  const query = new Map(
    operation.parameters
      .filter((each) => each.in === "query")
      .map((each) => [each.name, ajv.compile(rooted(each.schema))]),
  );
  return {
    ...operation,
    matches(method, pathname) {
      const found = method.toLowerCase() === operation.method ? pattern.exec(pathname)?.groups : undefined;
      if (found === undefined) return null;
      return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, decodeURIComponent(value)]));
    },
    problemsOfRequest(parameters, sent) {
      const problems = [...parameters].flatMap(([name, value]) => {
        const known = query.get(name);
        if (known === undefined) return [`there is no parameter ${name}`];
        // In an address a number is a text like any other.
        const asNumber = /^\d+$/.test(value) ? problemsOf(known, Number(value)) : null;
        const problems = asNumber?.length === 0 ? [] : problemsOf(known, value);
        return problems.map((each) => `${name}: ${each}`);
      });
      if (body === null) return sent === undefined ? problems : [...problems, "it takes no body"];
      return [...problems, ...problemsOf(body, sent)];
    },
    problemsOfAnswer: (given) => (answer === null ? [] : problemsOf(answer, given)),
  };
});

/** GitHub takes no notice of keys that it does not know: here they are mistakes. */
function closed(schema: object): object {
  const { properties, items, anyOf, oneOf, allOf, ...rest } = schema as Schema;
  const deep = (all: readonly object[] | undefined) => all?.map(closed);
  return {
    ...rest,
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(anyOf === undefined ? {} : { anyOf }),
    ...(oneOf === undefined ? {} : { oneOf: deep(oneOf) }),
    ...(allOf === undefined ? {} : { allOf }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, closed(each)])),
          ...(oneOf === undefined ? { additionalProperties: false } : {}),
        }),
  };
}

interface Schema {
  readonly properties?: Readonly<Record<string, object>>;
  readonly items?: object;
  readonly anyOf?: readonly object[];
  readonly oneOf?: readonly object[];
  readonly allOf?: readonly object[];
}

function problemsOf(validate: ValidateFunction, value: unknown): readonly string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, 5).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** GitHub's example of what an operation answers, for the fields that no test looks at. */
export function exampleOf(method: string, path: string): Record<string, unknown> {
  const found = description.operations.find((each) => each.method === method && each.path === path)?.example;
  const first: unknown = Array.isArray(found) ? found[0] : found;
  if (typeof first !== "object" || first === null) throw new Error(`GitHub has no example of ${method} ${path}`);
  return { ...first };
}
