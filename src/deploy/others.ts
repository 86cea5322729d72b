import { inWords } from "../config/quantities.ts";
import type { InTheWay } from "../plan/preflight.ts";
import { display } from "../sql/names.ts";
import { locksFor, waitsForSnapshots } from "./needs.ts";
import type { PreflightPorts, Surroundings, Work } from "./surroundings.ts";

/** How long what is in the way is waited for where the config does not say. */
export const defaultWaitMs = 30_000;
const pollMs = 500;

/** Waits for long transactions without asking for a lock, so that nobody queues behind us meanwhile; then names them. */
export async function othersInTheWay(
  plan: Work,
  { preflight: { waitMs }, lockTimeoutMs }: Surroundings,
  { database, now, sleep }: Pick<PreflightPorts, "database" | "now" | "sleep">,
): Promise<readonly string[]> {
  const wanted = locksFor(plan);
  const limits = { olderThanMs: lockTimeoutMs, anySnapshot: waitsForSnapshots(plan) };
  const limitMs = waitMs ?? defaultWaitMs;
  const deadline = now().getTime() + limitMs;
  for (;;) {
    const others = await database.inTheWay(wanted, limits);
    if (others.length === 0) return [];
    if (now().getTime() >= deadline) return others.map((other) => describe(other, limitMs));
    await sleep(Math.min(pollMs, limitMs));
  }
}

function describe({ table, pid, user, application, forMs, what }: InTheWay, waitedMs: number): string {
  const on = table === null ? "is older than what is to be done concurrently" : `holds ${display(table)}`;
  const who = [user === null ? "" : `user ${user}`, application ?? ""].filter((word) => word !== "");
  const by = who.length === 0 ? "" : ` (${who.join(", ")})`;
  const since = forMs === null ? "" : `, for ${inWords(forMs)}`;
  const waited = `; it was waited for ${inWords(waitedMs)}`;
  switch (what) {
    case "transaction":
      return `The transaction of pid ${pid}${by} ${on}${since}${waited}.`;
    case "prepared-transaction":
      return `A prepared transaction ${on}${since}: COMMIT PREPARED or ROLLBACK PREPARED ends it.`;
    case "vacuum-against-wraparound":
      return `An autovacuum against wraparound (pid ${pid}) ${on}${since}${waited}; it does not give way as others do.`;
  }
}
