import { common, type Layout, numbered } from "./layout.ts";

/** 2026-01-01-120000_create_users/up.sql and down.sql; one transaction a migration unless metadata.toml says run_in_transaction = false. */
export const diesel: Layout = {
  ...common,
  id: "diesel",
  tool: "diesel",
  example: "2026-01-01-120000_create_users/up.sql",
  read: (name) => numbered(name, /^([\d-]*\d)_(.*)$/s),
  inside: { up: "up.sql", down: "down.sql" },
  // The version is the name up to the first underscore, without its hyphens (diesel_migrations, version_from_string).
  order: (version) => version.replaceAll("-", ""),
  hasDowns: true,
  runs: "wrapped",
  withoutTransaction: { runs: "one-string", ask: "run_in_transaction = false in its metadata.toml" },
  beside: {
    path: (script) => script.replace(/[^/]*$/, "metadata.toml"),
    // A file that says nothing of it asks too: the default of a Rust bool is false (TomlMetadata in migrations_internals).
    asks: (text) => !/^\s*run_in_transaction\s*=\s*true\s*(?:#.*)?$/m.test(text),
  },
};
