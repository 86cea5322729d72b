/** The environment without what leads PostgreSQL's programs elsewhere, and without any connection string. */
export function withoutAddresses(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(environment).flatMap(([name, value]): readonly (readonly [string, string])[] => {
    if (value === undefined || /^PG[A-Z]/.test(name) || connectionString.test(value)) return [];
    return [[name, value]];
  });
  return Object.fromEntries(entries);
}

/** In each of the forms in which a database can be named with its password. */
const connectionString = /^(?:jdbc:|prisma\+)?(?:postgres|pgx)[a-z0-9+_]*:\/\/|^\s*(?:\w+\s*=.*\s)?password\s*=/i;
