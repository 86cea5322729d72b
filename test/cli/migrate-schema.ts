import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
formats.default(ajv);
const load = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), "utf8"));
for (const name of ["verification", "rollback"]) ajv.addSchema(load(name), `${name}.schema.json`);
const valid = ajv.compile(load("migrate"));

/** What docs/migrate.schema.json has against a report; nothing where it accepts it. */
export function againstSchema(report: unknown): readonly unknown[] {
  valid(report);
  return valid.errors ?? [];
}
