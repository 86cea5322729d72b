import { common, type Layout } from "./layout.ts";

/** 20260101120000_create_users/migration.sql; each file is sent as one string (Prisma's schema engine, apply_migrations). */
export const prisma: Layout = {
  ...common,
  id: "prisma",
  tool: "Prisma",
  example: "20260101120000_create_users/migration.sql",
  // Any name will do: it is the version (listMigrations in prisma/prisma, packages/migrate).
  read: (name) => ({
    version: /^\d+(?=_|$)/.exec(name)?.[0] ?? name,
    name: name.replace(/^\d+_?/, ""),
    direction: "up",
  }),
  inside: { up: "migration.sql", down: null },
  order: (version) => version,
  sortsBy: "dictionary",
  knowsNames: true,
  runs: "one-string",
};
