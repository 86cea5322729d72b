import { UserError } from "../errors.ts";
import { count, list } from "../text.ts";
import { othersInTheWay } from "./others.ts";
import { rightsFor } from "./rights.ts";
import { serverFailures } from "./server.ts";
import type { PreflightPorts, Surroundings, Work } from "./surroundings.ts";
import { isOpen, nextOpening } from "./window.ts";

/** Looks at everything, and throws one UserError (preflight-failed) that names all that speaks against beginning now. */
export async function preflight(plan: Work, environment: Surroundings, ports: PreflightPorts): Promise<void> {
  const { database, otherDatabase } = ports;
  const state = await database.state();
  const failures = [
    ...serverFailures(state, plan, { environment, otherDatabase }),
    ...windowFailures(environment, ports.now()),
    ...(await database.missingRights(rightsFor(plan, environment.role))),
    ...(await earlierFailures(plan, environment, ports)),
    ...(await commandFailures(environment, ports)),
  ];
  // Waiting comes last, and only where nothing else stops us.
  if (failures.length === 0) failures.push(...(await othersInTheWay(plan, environment, ports)));
  if (failures.length === 0) return;
  throw new UserError("preflight-failed", `Nothing was begun: ${count(failures.length, "check")} failed.`, {
    details: failures,
    hint: "put these right, then deploy again; the database is as it was.",
  });
}

function windowFailures({ window }: Surroundings, now: Date): readonly string[] {
  if (window === null || isOpen(window, now)) return [];
  const next = nextOpening(window, now);
  const when = next === null ? "" : ` It opens at ${next.toISOString().slice(0, 16).replace("T", " ")} UTC.`;
  return [`The maintenance window ${window.text} is closed.${when}`];
}

async function earlierFailures(
  plan: Work,
  { after }: Surroundings,
  { succeededBefore }: PreflightPorts,
): Promise<readonly string[]> {
  if (after === null) return [];
  const digests = await succeededBefore();
  if (digests === null)
    return [
      `after: ${after} is asked for, and nothing is known of what succeeded there: give --after-url, or deploy there first.`,
    ];
  const missing = plan.migrations.filter(({ digest }) => digest === null || !digests.has(digest));
  if (missing.length === 0) return [];
  const named = missing.slice(0, 5).map(({ migration }) => migration.version);
  const more = missing.length > named.length ? [`${missing.length - named.length} more`] : [];
  return [`${list([...named, ...more])} did not succeed in ${after} as they are now.`];
}

async function commandFailures({ preflight: { commands } }: Surroundings, { run }: PreflightPorts): Promise<string[]> {
  const failures: string[] = [];
  for (const command of commands) {
    const failed = await run(command);
    if (failed !== null) failures.push(`The command ${JSON.stringify(command)} ${failed}.`);
  }
  return failures;
}
