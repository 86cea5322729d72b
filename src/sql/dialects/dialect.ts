/** The SQL of other databases that is read beside PostgreSQL's. */
export const dialects = ["sqlite", "mysql", "mariadb"] as const;
export type Dialect = (typeof dialects)[number];

/** The database's name as people write it. */
export function dialectName(dialect: Dialect): string {
  switch (dialect) {
    case "sqlite":
      return "SQLite";
    case "mysql":
      return "MySQL";
    case "mariadb":
      return "MariaDB";
  }
}
