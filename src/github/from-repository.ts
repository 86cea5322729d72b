import type { Report } from "../report/report.ts";

/** The same report with its files named from the root of the repository, as GitHub names them. */
export function fromRepository(report: Report, prefix: string): Report {
  if (prefix === "") return report;
  const named = (path: string): string => prefix + path;
  const at = <T extends { readonly path: string }>(place: T): T => ({ ...place, path: named(place.path) });
  const { verdict, coverage, migrations } = report;
  return {
    ...report,
    config: report.config === null ? null : named(report.config),
    verdict: { ...verdict, because: verdict.because.map(at) },
    coverage: {
      ...coverage,
      unreadable: coverage.unreadable.map(named),
      ignored: coverage.ignored.map(named),
    },
    migrations: migrations.map((migration) => ({
      ...at(migration),
      down: migration.down === null ? null : named(migration.down),
      findings: migration.findings.map(at),
    })),
  };
}
