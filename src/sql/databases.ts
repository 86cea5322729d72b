import type { Database } from "../config/config.ts";

/** The database's name as people write it. */
export function databaseName(database: Database): string {
  switch (database) {
    case "postgresql":
      return "PostgreSQL";
    case "sqlite":
      return "SQLite";
    case "mysql":
      return "MySQL";
    case "mariadb":
      return "MariaDB";
  }
}
