/** The environment without what leads PostgreSQL's programs elsewhere, and without any connection string. */
export function withoutAddresses(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(environment).flatMap(([name, value]): readonly (readonly [string, string])[] => {
    if (value === undefined || /^PG[A-Z]/.test(name) || /^postgres(ql)?:\/\//i.test(value)) return [];
    return [[name, value]];
  });
  return Object.fromEntries(entries);
}
