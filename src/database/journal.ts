import { Refusal } from "../errors.ts";
import { type Attempt, attemptStatuses, type RunContext } from "../plan/attempt.ts";
import { asDatabaseError } from "./errors.ts";
import { dateOrNull, flag, number, text, textOrNull } from "./rows.ts";
import type { Sent, Session } from "./session.ts";

/** What is written of an attempt when it begins, or at once when it is done in one transaction. */
export type NewAttempt = Pick<
  Attempt,
  "id" | "ledger" | "version" | "name" | "digest" | "direction" | "status" | "statement" | "statements" | "inDoubt"
> &
  Pick<Attempt, "doneDigest" | "rows" | "error" | "startedAt">;

/** What changes as it goes on. */
export type Progress = Pick<Attempt, "id" | "status" | "statement" | "inDoubt" | "doneDigest" | "rows" | "error">;

const format = 1;

/** From one format to the next; the first makes it all. Every name has its schema: the search path is not ours. */
const upgrades: readonly (readonly string[])[] = [
  [
    "CREATE SCHEMA IF NOT EXISTS lockkeeper",
    "CREATE TABLE lockkeeper.format (version integer NOT NULL)",
    `CREATE TABLE lockkeeper.journal (
       number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       id uuid NOT NULL UNIQUE,
       ledger text NOT NULL,
       version text NOT NULL,
       name text NOT NULL,
       digest text NOT NULL,
       direction text NOT NULL CHECK (direction IN ('up', 'down')),
       status text NOT NULL CHECK (status IN ('started', 'applied', 'undone', 'partial', 'resolved')),
       started_at timestamptz NOT NULL,
       finished_at timestamptz,
       statement integer NOT NULL,
       statements integer NOT NULL,
       in_doubt boolean NOT NULL,
       done_digest text,
       row_count bigint NOT NULL,
       transaction_id text,
       error text,
       plan_digest text,
       backup_id text,
       commit text,
       run_url text,
       actor text,
       environment text,
       database text NOT NULL DEFAULT pg_catalog.current_database(),
       system_identifier text,
       runner text NOT NULL
     )`,
    "CREATE INDEX journal_version ON lockkeeper.journal (ledger, version)",
    "COMMENT ON SCHEMA lockkeeper IS 'Journal of Lockkeeper: every attempt at every migration'",
    "INSERT INTO lockkeeper.format VALUES (1)",
  ],
];

/** Makes the journal, or brings it to this format. Only under the runner's lock. */
export async function prepareJournal(session: Session): Promise<void> {
  const found = await formatOf(session);
  if (found === format) return;
  if (found > format) throw tooNew(found);
  const statements = upgrades.slice(found).flat();
  // CREATE … IF NOT EXISTS can fail where somebody else makes the same at the same moment (23505, 42P06, 42P07).
  for (let attempt = 1; ; attempt++) {
    try {
      await session.query(`BEGIN; ${statements.join("; ")}; UPDATE lockkeeper.format SET version = ${format}; COMMIT`);
      return;
    } catch (thrown) {
      await session.query("ROLLBACK");
      const error = asDatabaseError(thrown);
      const raced = error.sqlstate !== null && ["23505", "42P06", "42P07", "42710"].includes(error.sqlstate);
      if (raced && attempt < 3) {
        if ((await formatOf(session)) === format) return;
        continue;
      }
      if (error.sqlstate !== "42501") throw error;
      throw new Refusal("journal-denied", "The schema lockkeeper, in which attempts are recorded, cannot be made.", {
        details: [error.message],
        hint: "grant CREATE on the database to this user, or let an owner run: CREATE SCHEMA lockkeeper AUTHORIZATION <this user>.",
      });
    }
  }
}

/** Whether the journal is there, in the format of today. Throws UserError where a newer Lockkeeper has written it. */
export async function hasJournal(session: Session): Promise<boolean> {
  const found = await formatOf(session);
  if (found > format) throw tooNew(found);
  return found === format;
}

/** The format that the database has; 0 where it has none. */
async function formatOf(session: Session): Promise<number> {
  const there = await session.query("SELECT pg_catalog.to_regclass('lockkeeper.format')::text AS format");
  if (there.rows[0]?.format === null) return 0;
  const { rows } = await session.query("SELECT version FROM lockkeeper.format");
  return rows[0] === undefined ? 0 : number(rows[0], "version");
}

function tooNew(found: number): Refusal {
  return new Refusal(
    "journal-newer",
    `The journal in this database has format ${found}; this Lockkeeper writes format ${format}.`,
    {
      hint: "use the newer Lockkeeper that has written it.",
    },
  );
}

/** Every attempt, the oldest first; none where there is no journal. Throws UserError where a newer Lockkeeper has written it. */
export async function readJournal(session: Session): Promise<readonly Attempt[]> {
  const found = await formatOf(session);
  if (found === 0) return [];
  if (found > format) throw tooNew(found);
  return readPrepared(session);
}

/** The same, where it is known that the journal is there and of this format. */
export async function readPrepared(session: Session): Promise<readonly Attempt[]> {
  const { rows } = await session.query(
    `SELECT id::text, ledger, version, name, digest, direction, status, started_at, finished_at, statement, statements, in_doubt, done_digest,
       row_count, transaction_id, error, plan_digest, backup_id, commit, run_url, actor
     FROM lockkeeper.journal ORDER BY number`,
  );
  return rows.map((row) => ({
    id: text(row, "id"),
    ledger: text(row, "ledger"),
    version: text(row, "version"),
    name: text(row, "name"),
    digest: text(row, "digest"),
    direction: text(row, "direction") === "down" ? "down" : "up",
    status: attemptStatuses.find((status) => status === text(row, "status")) ?? "started",
    startedAt: dateOrNull(row, "started_at") ?? new Date(0),
    finishedAt: dateOrNull(row, "finished_at"),
    statement: number(row, "statement"),
    statements: number(row, "statements"),
    inDoubt: flag(row, "in_doubt"),
    doneDigest: textOrNull(row, "done_digest"),
    rows: number(row, "row_count"),
    transactionId: textOrNull(row, "transaction_id"),
    error: textOrNull(row, "error"),
    planDigest: textOrNull(row, "plan_digest"),
    backupId: textOrNull(row, "backup_id"),
    commit: textOrNull(row, "commit"),
    runUrl: textOrNull(row, "run_url"),
    actor: textOrNull(row, "actor"),
  }));
}

/** Records an attempt. Where it is applied in the same transaction, that transaction's id is recorded with it. */
export function insertAttempt(attempt: NewAttempt, run: RunContext, runner: string): Sent {
  return {
    sql: `INSERT INTO lockkeeper.journal (id, ledger, version, name, digest, direction, status, started_at, finished_at, statement,
        statements, in_doubt, done_digest, row_count, transaction_id, error, plan_digest, backup_id, commit, run_url, actor, runner,
        environment, system_identifier)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $7 = 'started' THEN NULL ELSE pg_catalog.clock_timestamp() END, $9, $10, $11,
        $12, $13, pg_catalog.pg_current_xact_id()::text, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
    values: [
      ...[attempt.id, attempt.ledger, attempt.version, attempt.name, attempt.digest, attempt.direction, attempt.status],
      ...[attempt.startedAt, attempt.statement, attempt.statements, attempt.inDoubt, attempt.doneDigest, attempt.rows],
      ...[attempt.error, run.planDigest, run.backupId, run.commit, run.runUrl, run.actor, runner],
      ...[run.environment ?? null, run.systemIdentifier ?? null],
    ],
  };
}

/** Records how far an attempt has come. */
export function updateAttempt({ id, status, statement, inDoubt, doneDigest, rows, error }: Progress): Sent {
  return {
    sql: `UPDATE lockkeeper.journal SET status = $2, statement = $3, in_doubt = $4, done_digest = $5, row_count = $6, error = $7,
        transaction_id = pg_catalog.pg_current_xact_id()::text,
        finished_at = CASE WHEN $2 = 'started' THEN NULL ELSE pg_catalog.clock_timestamp() END
      WHERE id = $1`,
    values: [id, status, statement, inDoubt, doneDigest, rows, error],
  };
}
