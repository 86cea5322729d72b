import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { expect, test } from "vitest";
import { differences } from "../../src/backup/compare.ts";
import { readManifest } from "../../src/backup/read-manifest.ts";
import { writeManifest } from "../../src/report/manifest.ts";
import { manifest } from "./manifests.ts";

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
ajvFormats.default(ajv);
const matches = ajv.compile(
  JSON.parse(readFileSync(new URL("../../docs/backup-manifest.schema.json", import.meta.url), "utf8")),
);

const external = {
  kind: "external",
  archive: null,
  external: { id: "snap-1", time: "2026-11-21T12:00:00.000Z", satisfiesRequired: true },
} as const;

test.each([
  ["of a dump", manifest()],
  ["of a provider's backup", manifest(external)],
  ["that knows little", manifest({ position: null, systemIdentifier: null, commit: null, largeObjects: null })],
])("a manifest %s is read as it was written, and is as its schema has it", (_what, written) => {
  const text = writeManifest(written);
  expect(readManifest(text)).toEqual({ kind: "manifest", manifest: written });
  expect(matches(JSON.parse(text)), JSON.stringify(matches.errors)).toBe(true);
});

test.each([
  ["no JSON", "{"],
  ["null", "null"],
  ["a list", "[]"],
  ["a later schema", writeManifest(manifest()).replace('"schema": 1', '"schema": 2')],
  ["without its files", writeManifest(manifest()).replace('"files"', '"file"')],
  ["with a path out of the backup", writeManifest(manifest()).replaceAll("database.dump", "../../etc/passwd")],
  ["with an absolute path", writeManifest(manifest()).replaceAll("database.dump", "/etc/passwd")],
  [
    "with a proof that nobody knows",
    writeManifest(manifest()).replace('"archive",\n    "time"', '"believed",\n    "time"'),
  ],
  ["with a negative size", writeManifest(manifest()).replace("2048", "-1")],
])("a manifest that is %s is not believed", (_what, text) => {
  expect(readManifest(text)).toMatchObject({ kind: "unreadable", why: expect.any(String) });
});

const restored = (more = {}) => ({
  tables: manifest().tables.map((table) => ({ ...table, counted: "exact" as const, rows: table.rows ?? 12 })),
  sequences: new Map([["public.users_id_seq", "50005"]]),
  largeObjects: 1,
  ...more,
});

test("a restored database with what the manifest says differs in nothing", () => {
  expect(differences(manifest(), restored())).toEqual([]);
});

test("what a restored database lacks, or has besides, is named", () => {
  expect(differences(manifest(), restored({ tables: [], largeObjects: 0 }))).toEqual([
    "The table public.users is missing.",
    "The table public.log is missing.",
    "There are 0 large objects; there were 1 large object.",
  ]);
  const [users] = restored().tables;
  if (users === undefined) throw new Error("no table");
  const other = { ...users, name: "public.more" };
  const tables = [...restored().tables.slice(1), { ...users, rows: 1, constraints: [], indexes: [] }, other];
  expect(differences(manifest(), restored({ tables }))).toEqual([
    "public.users has 1 row; the snapshot had 50000.",
    "public.users lacks the constraint users_pkey.",
    "public.users lacks the index users_pkey.",
    "The table public.more is not in the manifest.",
  ]);
});

test.each<[string | null, string | null, string | null, boolean]>([
  ["5", "5", "5", true],
  ["5", "9", "7", true],
  ["9", "5", "7", true],
  ["5", "9", "10", false],
  ["5", "9", "4", false],
  [null, null, null, true],
  [null, null, "1", false],
  [null, "3", "2", true],
  [null, "3", null, true],
  ["9007199254740993", "9007199254740993", "9007199254740992", false],
  ["5", "5", null, false],
])("a sequence that was at %s and then at %s may be restored at %s: %s", (atStart, atEnd, value, fits) => {
  const sequences = [{ name: "s", atStart, atEnd }];
  const found = restored({ sequences: new Map([["s", value]]) });
  expect(differences(manifest({ sequences }), found).length === 0).toBe(fits);
});
