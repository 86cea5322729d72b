import { expect, test } from "vitest";
import { unsuitable } from "../../src/backup/suitable.ts";
import { manifest } from "./manifests.ts";

const need = {
  database: "app",
  systemIdentifier: "7710582282628672681",
  ledgers: [{ table: "public.schema_migrations", version: "000002" }],
  now: new Date("2026-11-21T12:30:00Z"),
  maxAgeMs: 3_600_000,
};
const external = { id: "snap", time: "2026-11-21T12:00:00Z", satisfiesRequired: true };
const proof = { reached: "archive", time: "2026-11-21T12:00:00Z", failed: null } as const;

test("a proved backup of this database, as it is now, will do", () => {
  expect(unsuitable(manifest(), need)).toBeNull();
  expect(
    unsuitable(manifest({ external, kind: "external", proof: { ...proof, reached: "external" } }), need),
  ).toBeNull();
  expect(unsuitable(manifest(), { ...need, systemIdentifier: null })).toBeNull();
});

test.each([
  [
    "that is damaged",
    manifest({ proof: { ...proof, failed: "a file is missing" } }),
    need,
    "it is damaged: a file is missing",
  ],
  ["that nothing has proved", manifest({ proof: { ...proof, reached: "none" } }), need, "nothing has proved it"],
  [
    "of a provider that the policy does not count",
    manifest({ external: { ...external, satisfiesRequired: false } }),
    need,
    "a provider's",
  ],
  ["of the schema", manifest({ contents: "schema" }), need, "it holds the schema alone"],
  ["of another database", manifest({ database: "other" }), need, "it is of the database other, and this is app"],
  ["of another server", manifest({ systemIdentifier: "1" }), need, "it is of another server"],
  ["of yesterday", manifest({ time: "2026-11-20T12:30:00Z" }), need, "it is 24 h old, and may be 1 h old"],
  ["without a time", manifest({ time: "soon" }), need, "old"],
  [
    "from before another migration",
    manifest(),
    { ...need, ledgers: [{ table: "public.schema_migrations", version: "000003" }] },
    "public.schema_migrations was at 000002 then, and is at 000003 now",
  ],
])("a backup %s is none to count on", (_what, backup, needed, why) => {
  expect(unsuitable(backup, needed)).toContain(why);
});
