import type { VerifyConfig } from "../config/verify.ts";
import type { Mask } from "../process/mask.ts";
import { type Looked, type Verification, type VerifyCheck, verificationOf } from "../report/verification.ts";
import { checkCommands } from "./commands.ts";
import { checkConstraints } from "./constraints.ts";
import { checkHealth } from "./health.ts";
import { checkIndexes } from "./indexes.ts";
import type { VerifySession } from "./looking.ts";
import { checkPerformance } from "./performance.ts";
import { type Picture, takePicture } from "./picture.ts";
import { type AssertionFile, checkQueries } from "./queries.ts";
import { checkSequences } from "./sequences.ts";
import { checkRows, checkTables } from "./tables.ts";

export interface VerifyRequest {
  readonly config: VerifyConfig;
  readonly queries: readonly AssertionFile[];
  /** What was there before the migrations; null: there is nothing to compare with. */
  readonly before: Picture | null;
  /** Tables that the migrations were to change, as SQL names them: their rows are not compared. */
  readonly touched: (table: string) => boolean;
  /** What is looked at. */
  readonly checks: ReadonlySet<VerifyCheck>;
  /** Whether migrations are being deployed: constraints that they leave NOT VALID are no fault yet. */
  readonly deploying: boolean;
  /** How the ledgers stand, looked at by whoever knows the files. */
  readonly ledger: Looked;
  /** Whether a picture is wanted for a comparison later. */
  readonly picture: boolean;
  readonly cwd: string;
  /** The environment of commands, without any connection string. */
  readonly env: Readonly<Record<string, string>>;
  readonly mask: Mask;
  readonly signal: AbortSignal;
}

export interface Verified {
  readonly verification: Verification;
  /** Null where none was wanted. */
  readonly picture: Picture | null;
}

/** Looks at everything that is asked for, and says whether the database is valid. Changes nothing. */
export async function verifyDatabase(session: VerifySession, request: VerifyRequest): Promise<Verified> {
  const { config, before, touched, checks, deploying, signal } = request;
  const { timeoutMs } = config;
  const validBefore = new Set(before?.validConstraints ?? []);
  const all: Looked[] = [request.ledger];
  const look = async (check: VerifyCheck, work: () => Promise<Looked>): Promise<void> => {
    if (checks.has(check)) all.push(await work());
  };
  await look("indexes", () => checkIndexes(session, { timeoutMs }));
  await look("constraints", () => checkConstraints(session, { timeoutMs, validBefore, deploying }));
  await look("sequences", () => checkSequences(session, { timeoutMs }));
  await look("tables", () => checkTables(session, { tables: config.tables, timeoutMs }));
  if (before !== null) {
    const how = { rows: config.rows, touched, timeoutMs: config.countRowsForMs };
    await look("rows", () => checkRows(session, before, how));
  }
  await look("queries", () => checkQueries(session, request.queries, { showRows: config.showRows, timeoutMs }));
  const measured = { before: before?.queriesMs ?? null, timeoutMs };
  const { looked, queriesMs } = await checkPerformance(session, config.performance, measured);
  await look("performance", async () => looked);
  const picture = request.picture
    ? await takePicture(session, { timeoutMs, countRowsForMs: config.countRowsForMs }, queriesMs)
    : null;
  await look("commands", () => checkCommands(config.commands, { ...request, timeoutMs }));
  await look("health", () => checkHealth(config.health, signal));
  return { verification: verificationOf(all), picture };
}
