import type { Manifest } from "../../src/report/manifest.ts";

/** A manifest with something in every place, and what a test wants otherwise. */
export function manifest(more: Partial<Manifest> = {}): Manifest {
  return {
    schema: 1,
    id: "20261121T120000Z-app-0123abcd",
    time: "2026-11-21T12:00:00.000Z",
    finished: "2026-11-21T12:00:05.000Z",
    kind: "dump",
    contents: "all",
    environment: null,
    database: "app",
    encoding: "UTF8",
    systemIdentifier: "7710582282628672681",
    versions: { lockkeeper: "0.1.0", server: "15.18", client: "15.18" },
    position: { lsn: "0/30BE000", timeline: 1 },
    ledgers: [{ table: "public.schema_migrations", version: "000002" }],
    commit: "a".repeat(40),
    archive: { path: "database.dump", format: "custom", compression: "gzip" },
    external: null,
    files: [{ path: "database.dump", bytes: 2048, sha256: "0".repeat(64) }],
    tables: [
      { name: "public.users", counted: "exact", rows: 50_000, constraints: ["users_pkey"], indexes: ["users_pkey"] },
      { name: "public.log", counted: "estimated", rows: null, constraints: [], indexes: [] },
    ],
    sequences: [{ name: "public.users_id_seq", atStart: "50000", atEnd: "50010" }],
    largeObjects: 1,
    policyRoles: [],
    proof: { reached: "archive", time: "2026-11-21T12:00:06.000Z", failed: null },
    ...more,
  };
}
