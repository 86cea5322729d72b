import { inWords as timeInWords } from "../config/quantities.ts";
import type { PerformanceCheck } from "../config/verify.ts";
import { DatabaseError } from "../database/errors.ts";
import type { Looked } from "../report/verification.ts";
import { ask, inWords, sendAlone, startLooking, type VerifySession } from "./looking.ts";

/** Differences of less than this are the machine's, not the query's. */
const noiseMs = 5;
const runs = 3;

/** What queries cost, and whether that is within their limits. */
export async function checkPerformance(
  session: VerifySession,
  checks: readonly PerformanceCheck[],
  { before, timeoutMs }: { readonly before: Readonly<Record<string, number>> | null; readonly timeoutMs: number },
): Promise<{ readonly looked: Looked; readonly queriesMs: Readonly<Record<string, number>> }> {
  const looking = startLooking("performance");
  const queriesMs = new Map<string, number>();
  for (const { name, query, maxMs, maxSlowerPercent } of checks) {
    looking.look();
    try {
      const ms = await ask(session, { timeoutMs }, () => quickest(session, query));
      if (ms === null) {
        looking.error(`The query ${name} took longer than ${timeInWords(timeoutMs)}.`);
        continue;
      }
      queriesMs.set(name, ms);
      if (maxMs !== null && ms > maxMs) {
        looking.error(`The query ${name} takes ${timeInWords(ms)}; at most ${timeInWords(maxMs)} are allowed.`);
      }
      const was = before?.[name];
      if (maxSlowerPercent === null || before === null) continue;
      if (was === undefined) {
        looking.warning(`The query ${name} was not measured before: there is nothing to compare it with.`);
      } else if (ms > was * (1 + maxSlowerPercent / 100) && ms - was > noiseMs) {
        looking.error(
          `The query ${name} takes ${timeInWords(ms)}, and took ${timeInWords(was)} before; at most ${maxSlowerPercent} % more are allowed.`,
        );
      }
    } catch (thrown) {
      if (!(thrown instanceof DatabaseError) || thrown.lost) throw thrown;
      looking.error(`The query ${name} could not be run: ${inWords(thrown)}`);
    }
  }
  return { looked: looking.result, queriesMs: Object.fromEntries(queriesMs) };
}

/** Measured by the server, without the way of the rows to here; the first run warms up what the others find. */
async function quickest(session: VerifySession, query: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const [plan] = await sendAlone(session, `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${query}`);
    times.push(timeOf(plan ?? ""));
  }
  return Math.min(...times.slice(1));
}

function timeOf(plan: string): number {
  const value: unknown = JSON.parse(plan);
  const first: unknown = Array.isArray(value) ? value[0] : null;
  if (typeof first !== "object" || first === null) throw new TypeError("EXPLAIN has answered without a plan.");
  const ms = Number(Reflect.get(first, "Planning Time")) + Number(Reflect.get(first, "Execution Time"));
  if (Number.isNaN(ms)) throw new TypeError("EXPLAIN has answered without a time.");
  return Math.round(ms * 1000) / 1000;
}
