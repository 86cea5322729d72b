import { contentsChoices, type Manifest, proofLevels } from "../report/manifest.ts";

/** A manifest out of its file, or why it is none. What is written there is looked at before it is believed. */
export function readManifest(
  text: string,
): { readonly kind: "manifest"; readonly manifest: Manifest } | { readonly kind: "unreadable"; readonly why: string } {
  try {
    return { kind: "manifest", manifest: manifestOf(mapOf(JSON.parse(text), "the manifest")) };
  } catch (thrown) {
    return { kind: "unreadable", why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

type Fields = Readonly<Record<string, unknown>>;

function manifestOf(fields: Fields): Manifest {
  if (fields.schema !== 1) throw new Error(`schema is ${String(fields.schema)}; this Lockkeeper reads schema 1`);
  const versions = mapOf(fields.versions, "versions");
  const proof = mapOf(fields.proof, "proof");
  return {
    schema: 1,
    id: text(fields, "id"),
    time: text(fields, "time"),
    finished: text(fields, "finished"),
    kind: choice(fields, "kind", ["dump", "external"]),
    contents: choice(fields, "contents", contentsChoices),
    environment: textOrNull(fields, "environment"),
    database: text(fields, "database"),
    encoding: text(fields, "encoding"),
    systemIdentifier: textOrNull(fields, "systemIdentifier"),
    versions: {
      lockkeeper: text(versions, "lockkeeper"),
      server: text(versions, "server"),
      client: textOrNull(versions, "client"),
    },
    position: orNull(fields.position, (value) => {
      const position = mapOf(value, "position");
      return { lsn: text(position, "lsn"), timeline: numberOrNull(position, "timeline") };
    }),
    ledgers: each(fields, "ledgers", (one) => ({ table: text(one, "table"), version: textOrNull(one, "version") })),
    commit: textOrNull(fields, "commit"),
    archive: orNull(fields.archive, (value) => {
      const archive = mapOf(value, "archive");
      return {
        path: safePath(archive, "path"),
        format: choice(archive, "format", ["custom", "directory"]),
        compression: choice(archive, "compression", ["zstd", "gzip"]),
      };
    }),
    external: orNull(fields.external, (value) => {
      const external = mapOf(value, "external");
      const satisfiesRequired = external.satisfiesRequired === true;
      return { id: text(external, "id"), time: text(external, "time"), satisfiesRequired };
    }),
    files: each(fields, "files", (one) => ({
      path: safePath(one, "path"),
      bytes: number(one, "bytes"),
      sha256: text(one, "sha256"),
    })),
    tables: each(fields, "tables", (one) => ({
      name: text(one, "name"),
      counted: choice(one, "counted", ["exact", "estimated", "partitioned"]),
      rows: numberOrNull(one, "rows"),
      constraints: texts(one, "constraints"),
      indexes: texts(one, "indexes"),
    })),
    sequences: each(fields, "sequences", (one) => ({
      name: text(one, "name"),
      atStart: textOrNull(one, "atStart"),
      atEnd: textOrNull(one, "atEnd"),
    })),
    largeObjects: numberOrNull(fields, "largeObjects"),
    policyRoles: texts(fields, "policyRoles"),
    proof: {
      reached: choice(proof, "reached", proofLevels),
      time: text(proof, "time"),
      failed: textOrNull(proof, "failed"),
    },
  };
}

function mapOf(value: unknown, name: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value));
  throw new Error(`${name} is no object`);
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  throw new Error(`${name} is no text`);
}

function textOrNull(fields: Fields, name: string): string | null {
  return fields[name] === null ? null : text(fields, name);
}

function number(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`${name} is no number`);
}

function numberOrNull(fields: Fields, name: string): number | null {
  return fields[name] === null ? null : number(fields, name);
}

function choice<T extends string>(fields: Fields, name: string, choices: readonly T[]): T {
  const value = choices.find((one) => one === fields[name]);
  if (value !== undefined) return value;
  throw new Error(`${name} is none of ${choices.join(", ")}`);
}

function list(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value)) return value;
  throw new Error(`${name} is no list`);
}

function each<T>(fields: Fields, name: string, read: (one: Fields) => T): readonly T[] {
  return list(fields, name).map((value) => read(mapOf(value, `an entry of ${name}`)));
}

function texts(fields: Fields, name: string): readonly string[] {
  return list(fields, name).map((value) => text({ [name]: value }, name));
}

function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null ? null : read(value);
}

/** A path below the backup's own directory: nothing else is ever opened because a manifest says so. */
function safePath(fields: Fields, name: string): string {
  const path = text(fields, name);
  const steps = path.split("/");
  if (path !== "" && !path.includes("\\") && steps.every((step) => step !== "" && step !== "." && step !== "..")) {
    return path;
  }
  throw new Error(`${name} leads out of the backup`);
}
