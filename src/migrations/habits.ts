import type { Layout } from "../config/config.ts";

/** What a tool does about migrations that were there before: it decides what a change to one of them means. */
export interface Habits {
  /** What identifies a migration that has run: its version alone, or its whole name. */
  readonly knows: "version" | "name";
  /** What it does where the file of a migration that has run is gone. */
  readonly deleted: "refuses" | "refuses-newest" | "ignores";
  /** What it does with a version below the newest that has run. */
  readonly older: "refuses" | "skips" | "applies";
  /** Versions that run again whenever their file changes; null where none do. */
  readonly runsAgain: ((version: string) => boolean) | null;
}

/** Lockkeeper's own: what was deployed can be told from what is in the repository, or nothing runs. */
export const ownHabits: Habits = { knows: "version", deleted: "refuses", older: "refuses", runsAgain: null };

/** By layout, from the sources of the tools. */
const habits: Readonly<Record<Layout, Habits>> = {
  // migrate.go: versionExists is asked for the current version only, and Up starts behind it.
  "golang-migrate": { knows: "version", deleted: "refuses-newest", older: "skips", runsAgain: null },
  // pkg/dbmate/db.go: Migrate runs every file whose version is not in the table; --strict is not the default.
  dbmate: { knows: "version", deleted: "ignores", older: "applies", runsAgain: null },
  // up.go: missing migrations are an error without -allow-missing; recorded versions without a file are not looked for.
  goose: { knows: "version", deleted: "ignores", older: "refuses", runsAgain: null },
  // migrate.go: an unknown migration in the database is an error; ToCatchup runs what is missing below the newest.
  "sql-migrate": { knows: "name", deleted: "refuses", older: "applies", runsAgain: null },
  // DbValidate: resolved but not applied, applied but not resolved, and another description or checksum are all errors.
  flyway: {
    knows: "name",
    deleted: "refuses",
    older: "refuses",
    runsAgain: (version) => version.startsWith("R__"),
  },
  // migrate deploy compares names of directories; it warns of those that it misses, and runs what is not applied.
  prisma: { knows: "name", deleted: "ignores", older: "applies", runsAgain: null },
  // PgDialect.migrate runs what is younger than the newest row.
  drizzle: { knows: "version", deleted: "ignores", older: "skips", runsAgain: null },
  // internal/migration/up: recorded versions without a file, and files between them without --include-all, are errors.
  supabase: { knows: "version", deleted: "refuses", older: "refuses", runsAgain: null },
  // sqlx-core, migrator.rs: validate_applied_migrations; then every migration that is not applied runs.
  sqlx: { knows: "version", deleted: "refuses", older: "applies", runsAgain: null },
  // diesel_migrations: pending is what is not in the table, whatever its version.
  diesel: { knows: "version", deleted: "ignores", older: "applies", runsAgain: null },
  // runner.ts: checkOrder compares the names that have run with the files, one by one.
  "node-pg-migrate": { knows: "name", deleted: "refuses", older: "refuses", runsAgain: null },
  plain: ownHabits,
};

/** What the one who applies a directory does; by "tool" is meant the layout's own. */
export function habitsOf(layout: Layout, appliedBy: "tool" | "lockkeeper"): Habits {
  return appliedBy === "lockkeeper" ? { ...ownHabits, runsAgain: habits[layout].runsAgain } : habits[layout];
}
