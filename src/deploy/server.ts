import { inWords } from "../config/quantities.ts";
import type { LastTime, ServerState } from "../plan/preflight.ts";
import type { Surroundings, Work } from "./surroundings.ts";

/** What of the server speaks against a deploy. */
export function serverFailures(
  state: ServerState,
  plan: Work,
  { environment, otherDatabase }: { readonly environment: Surroundings; readonly otherDatabase: boolean },
): readonly string[] {
  const { identity, readOnly, pooled, lastTime } = state;
  const { systemIdentifier, database } = plan.server;
  const isOther = identity.systemIdentifier !== systemIdentifier || identity.database !== database;
  return [
    ...(readOnly === null ? [] : [`The server takes no writes: ${readOnly}.`]),
    ...(pooled === null
      ? []
      : [
          `A pooler hands sessions on between transactions: ${pooled}. Connect to PostgreSQL itself, or in session mode.`,
        ]),
    ...(isOther ? ["The connection leads to another database than the one that the plan was made for."] : []),
    ...(lastTime === null || otherDatabase ? [] : placeFailures(lastTime, plan, environment.name)),
    ...measured(state, environment),
  ];
}

/** The journal is in the database, and goes with every copy of it: what it says of its own place tells a copy from the original. */
function placeFailures(last: LastTime, { server }: Work, environment: string | null): readonly string[] {
  const failures: string[] = [];
  if (last.environment !== null && environment !== null && last.environment !== environment) {
    failures.push(
      `This database was last migrated as the environment ${last.environment}, not as ${environment}: look at the connection string. --allow-other-database takes it all the same.`,
    );
  }
  const otherServer =
    last.systemIdentifier !== null &&
    server.systemIdentifier !== null &&
    last.systemIdentifier !== server.systemIdentifier;
  if (otherServer || (last.database !== null && last.database !== server.database)) {
    failures.push(
      `Its journal was written on another server or under another name (${last.database ?? "unknown"}): this is a copy, or it was restored. --allow-other-database takes it all the same.`,
    );
  }
  return failures;
}

/** What the config asks for, against what was measured; what cannot be measured has failed. */
function measured(
  { identity, connections, replicas, freeDiskBytes }: ServerState,
  { preflight: asked }: Surroundings,
): readonly string[] {
  const failures: string[] = [];
  const { postgres, maxConnectionsPercent, freeDiskBytes: wanted, maxReplicaLagMs } = asked;
  if (postgres !== null) {
    const { from, to, text } = postgres;
    if ((from !== null && identity.major < from) || (to !== null && identity.major > to))
      failures.push(`The server is PostgreSQL ${identity.version}; the config asks for ${text}.`);
  }
  if (maxConnectionsPercent !== null && connections.used * 100 > maxConnectionsPercent * connections.most) {
    failures.push(
      `${connections.used} of ${connections.most} connections are in use, more than ${maxConnectionsPercent}%.`,
    );
  }
  if (wanted !== null && freeDiskBytes === null) {
    failures.push(
      "free-disk cannot be measured: the server's disk cannot be seen from here. Ask its provider with one of the commands instead.",
    );
  } else if (wanted !== null && freeDiskBytes !== null && freeDiskBytes < wanted) {
    failures.push(
      `${gigabytes(freeDiskBytes)} of the server's disk are free; the config asks for ${gigabytes(wanted)}.`,
    );
  }
  if (maxReplicaLagMs !== null && replicas === null) {
    failures.push("max-replica-lag cannot be measured: this role may not see pg_stat_replication (GRANT pg_monitor).");
  }
  for (const { name, lagMs } of maxReplicaLagMs === null ? [] : (replicas ?? [])) {
    if (maxReplicaLagMs !== null && lagMs > maxReplicaLagMs)
      failures.push(`The replica ${name} is ${inWords(lagMs)} behind, more than ${inWords(maxReplicaLagMs)}.`);
  }
  return failures;
}

function gigabytes(bytes: number): string {
  return `${Math.round((bytes / 1024 ** 3) * 10) / 10} GB`;
}
