import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { renderJson } from "../../src/report/json.ts";
import type { LockModeName, Report, ReportClass, ReportEffect, ReportRisk } from "../../src/report/report.ts";
import { finding, migration, realistic, report, statement } from "./examples.ts";

const schemaText = readFileSync(new URL("../../docs/report.schema.json", import.meta.url), "utf8");
const schema: unknown = JSON.parse(schemaText);

function validator(): ValidateFunction {
  return new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(JSON.parse(schemaText));
}

const valid = validator();

/** What the schema has against a value; empty when it accepts it. */
function problems(value: unknown): readonly string[] {
  valid(value);
  return (valid.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

// Records, so that the compiler names a value that is missing here when the type grows one.
const risks: Record<ReportRisk, true> = { low: true, medium: true, high: true, critical: true };
const classes: Record<ReportClass, true> = {
  add: true,
  session: true,
  index: true,
  constraint: true,
  routine: true,
  permission: true,
  rename: true,
  "type-change": true,
  maintenance: true,
  opaque: true,
  drop: true,
  data: true,
};
const modes: Record<LockModeName, true> = {
  "ACCESS SHARE": true,
  "ROW SHARE": true,
  "ROW EXCLUSIVE": true,
  "SHARE UPDATE EXCLUSIVE": true,
  SHARE: true,
  "SHARE ROW EXCLUSIVE": true,
  EXCLUSIVE: true,
  "ACCESS EXCLUSIVE": true,
};
const where = { relation: "orders", certainty: "certain" } as const;
const effects: Record<ReportEffect["kind"], ReportEffect> = {
  lock: { kind: "lock", mode: "SHARE", lasts: "index-build", ...where },
  rewrite: { kind: "rewrite", why: "a new type", ...where },
  scan: { kind: "scan", why: "a check", ...where },
  "index-rebuild": { kind: "index-rebuild", why: "a new collation", ...where, relation: null },
  fails: { kind: "fails", sqlstate: "25001", why: "inside a transaction", ...where, certainty: "possible" },
  "no-transaction-block": { kind: "no-transaction-block", ...where },
  "data-loss": { kind: "data-loss", what: "column", ...where },
  "breaks-clients": { kind: "breaks-clients", what: "renamed", ...where },
};

/** A report in which everything that the type can hold is held at least once. */
const full: Report = report({
  risk: "critical",
  verdict: {
    outcome: "blocked",
    because: [
      { kind: "finding", rule: "drop-column", risk: "critical", path: "db/1.sql", line: 2 },
      { kind: "statement", class: "data", risk: "critical", path: "db/1.sql", line: 3 },
    ],
  },
  coverage: {
    migrations: 1,
    files: 2,
    statements: 3,
    read: 2,
    opaque: 1,
    unreadable: ["db/2.sql"],
    rehearsed: true,
    ignored: ["README.sql"],
  },
  migrations: [
    migration({
      down: "db/1.down.sql",
      generated: { command: "alembic upgrade head --sql" },
      verdict: "blocked",
      statements: [
        statement({
          actions: [{ kind: "add-column", class: "add", risk: "low" }],
          effects: Object.values(effects),
        }),
      ],
      findings: [finding({ safer: "ALTER TABLE …", allowed: "nobody reads it" }), finding({})],
    }),
  ],
});

describe("the JSON report", () => {
  it("is two-space JSON of the same value with a line end", () => {
    const text = renderJson(realistic);
    expect(
      text.startsWith(
        '{\n  "schema": 1,\n  "command": "check",\n  "postgres": 18,\n  "config": null,\n  "base": null,\n',
      ),
    ).toBe(true);
    expect(text.endsWith("\n}\n")).toBe(true);
    expect(JSON.parse(text)).toEqual(realistic);
    expect(JSON.parse(renderJson(full))).toEqual(full);
  });

  it("has its keys in one order, however the value was put together", () => {
    const { migrations, verdict, ...rest } = full;
    const shuffled: Report = { migrations, ...rest, verdict: { because: verdict.because, outcome: verdict.outcome } };
    expect(Object.keys(shuffled)).not.toEqual(Object.keys(full));
    expect(renderJson(shuffled)).toBe(renderJson(full));
    expect(Object.keys(reach(JSON.parse(renderJson(realistic)), ["migrations", "1", "findings", "0"]))).toEqual([
      "rule",
      "risk",
      "certainty",
      "blocks",
      "path",
      "line",
      "column",
      "endLine",
      "endColumn",
      "message",
      "safer",
      "allowed",
    ]);
  });

  it("leaves out what an inner value carries beside the type", () => {
    const inner = { ...finding({}), node: { secret: "inner" } };
    const text = renderJson(report({ migrations: [migration({ findings: [inner] })] }));
    expect(text).toContain('"rule": "drop-column"');
    expect(text).not.toContain("inner");
  });

  it("writes characters that a terminal acts on as their numbers, and means the same", () => {
    const message = "a\u001b[2J\u0000\r\u009b\u007f\u202eb\u2028\u200b\ufeff\u{e0041} 주문 💰";
    const hostile = report({ migrations: [migration({ findings: [finding({ message })] })] });
    const text = renderJson(hostile);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(text).toContain("주문 💰");
    expect(JSON.parse(text)).toEqual(hostile);
  });
});

describe("docs/report.schema.json", () => {
  it("accepts what is rendered", () => {
    for (const example of [realistic, full, report({})]) expect(problems(JSON.parse(renderJson(example)))).toEqual([]);
  });

  it("names exactly the keys of the type, in its order, and describes each", () => {
    const seen = new Set<object>();
    compare(schema, JSON.parse(renderJson(full)), seen);
    // Every object that the schema describes was met in the example.
    expect(objectsIn(schema).filter((each) => !seen.has(each))).toEqual([]);
  });

  it("names exactly the values of the type's unions", () => {
    expect(at("$defs", "risk", "enum")).toEqual(Object.keys(risks));
    expect(at("$defs", "class", "enum")).toEqual(Object.keys(classes));
    expect(at("$defs", "effect", "oneOf", "0", "properties", "mode", "enum")).toEqual(Object.keys(modes));
  });

  it("refuses a report without any one of its keys, or with one more, at any depth", () => {
    const text = renderJson(full);
    const paths = objectPaths(JSON.parse(text));
    expect(paths.length).toBeGreaterThan(15);
    for (const path of paths) {
      const grown = JSON.parse(text);
      reach(grown, path).surprise = 1;
      expect(problems(grown), `one more key at /${path.join("/")}`).not.toEqual([]);
      for (const key of Object.keys(reach(JSON.parse(text), path))) {
        const broken = JSON.parse(text);
        // The one key that only some migrations have.
        if (key === "generated") continue;
        delete reach(broken, path)[key];
        expect(problems(broken), `no ${key} at /${path.join("/")}`).not.toEqual([]);
      }
    }
  });

  it.each<[string, (value: Loose) => void]>([
    ["another schema", (value) => set(value, ["schema"], 2)],
    ["an unknown risk", (value) => set(value, ["risk"], "severe")],
    ["an unknown class", (value) => set(value, ["migrations", "0", "statements", "0", "class"], "other")],
    ["line 0", (value) => set(value, ["migrations", "0", "findings", "0", "line"], 0)],
    ["a column that is no whole number", (value) => set(value, ["migrations", "0", "findings", "0", "column"], 1.5)],
    ["a pass with reasons", (value) => set(value, ["verdict", "outcome"], "pass")],
    ["a closed gate without a reason", (value) => set(value, ["verdict", "because"], [])],
    [
      "a lock with the fields of another effect",
      (value) => set(value, ["migrations", "0", "statements", "0", "effects", "0", "why"], "x"),
    ],
    [
      "an SQLSTATE of four characters",
      (value) => set(value, ["migrations", "0", "statements", "0", "effects", "4", "sqlstate"], "2500"),
    ],
    ["a number of unreadable files", (value) => set(value, ["coverage", "unreadable"], 1)],
    ["an empty path", (value) => set(value, ["migrations", "0", "path"], "")],
  ])("refuses %s", (_what, spoil) => {
    const value = JSON.parse(renderJson(full));
    expect(problems(value)).toEqual([]);
    spoil(value);
    expect(problems(value)).not.toEqual([]);
  });
});

type Loose = Record<string, unknown>;

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function at(...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined),
    schema,
  );
}

function reach(value: unknown, path: readonly string[]): Loose {
  const found = path.reduce<unknown>(
    (inner, key) => (Array.isArray(inner) ? inner[Number(key)] : isObject(inner) ? inner[key] : null),
    value,
  );
  if (!isObject(found)) throw new Error(`no object at /${path.join("/")}`);
  return found;
}

function set(value: Loose, path: readonly string[], to: unknown): void {
  reach(value, path.slice(0, -1))[path.at(-1) ?? ""] = to;
}

function objectPaths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => objectPaths(item, [...path, String(i)]));
  if (!isObject(value)) return [];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => objectPaths(inner, [...path, key]))];
}

/** Every schema of an object anywhere inside. */
function objectsIn(value: unknown): readonly object[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (!isObject(value)) return [];
  return [...(value.type === "object" ? [value] : []), ...Object.values(value).flatMap(objectsIn)];
}

/** Walks schema and example side by side: the same keys in the same order, all required, all described, nothing else allowed. */
function compare(part: unknown, value: unknown, seen: Set<object>): void {
  const shape = resolve(part, value);
  if (Array.isArray(value)) {
    expect(value.length).toBeGreaterThan(0);
    for (const item of value) compare(shape.items, item, seen);
  } else if (isObject(value)) {
    seen.add(shape);
    const keys = Object.keys(value);
    const properties = isObject(shape.properties) ? shape.properties : {};
    expect(Object.keys(properties)).toEqual(keys);
    expect(shape.required).toEqual(keys.filter((key) => key !== "generated"));
    expect(shape.additionalProperties).toBe(false);
    for (const key of keys) {
      const inner = properties[key];
      expect(isObject(inner) && typeof inner.description === "string" && inner.description.length > 5, key).toBe(true);
      compare(inner, value[key], seen);
    }
  }
}

/** The schema behind a $ref, and of several the one for the value's kind. */
function resolve(part: unknown, value: unknown): Loose {
  if (!isObject(part)) throw new Error("no schema");
  if (typeof part.$ref === "string") return resolve(at("$defs", part.$ref.replace("#/$defs/", "")), value);
  if (!Array.isArray(part.oneOf) || !isObject(value)) return part;
  const kindOf = (option: unknown): unknown =>
    isObject(option) && isObject(option.properties) ? option.properties.kind : null;
  const option = part.oneOf.find((each) => {
    const kind = kindOf(each);
    return (
      isObject(kind) && (kind.const === value.kind || (Array.isArray(kind.enum) && kind.enum.includes(value.kind)))
    );
  });
  return resolve(option, value);
}
