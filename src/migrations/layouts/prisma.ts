import { common, type Layout, numbered } from "./layout.ts";

/** 20260101120000_create_users/migration.sql; each file is sent as one string (Prisma's schema engine, apply_migrations). */
export const prisma: Layout = {
  ...common,
  id: "prisma",
  tool: "Prisma",
  example: "20260101120000_create_users/migration.sql",
  read: (name) => numbered(name, /^(\d+)_?(.*)$/s),
  inside: { up: "migration.sql", down: null },
  order: (version) => version,
  runs: "one-string",
};
