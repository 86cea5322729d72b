import { after, answers, type Deed, sends, type Trap } from "./proxy.ts";

export const alter = sends(/ALTER TABLE t ADD COLUMN b/);

/** The named moments: what the network sees when it fails. */
export const moments: readonly (readonly [string, Trap["when"], Deed])[] = [
  ["before the DDL arrives", sends(/ALTER TABLE t ADD COLUMN b/), "lose"],
  ["when the DDL has arrived", sends(/ALTER TABLE t ADD COLUMN b/), "deliver-and-close"],
  ["when the DDL is answered", answers(/^ALTER TABLE/), "lose"],
  ["before the ledger's row arrives", sends(/INSERT INTO public\.schema_migrations/), "lose"],
  ["when the ledger's row has arrived", sends(/INSERT INTO public\.schema_migrations/), "deliver-and-close"],
  ["before the journal's row arrives", sends(/INSERT INTO lockkeeper\.journal/), "lose"],
  ["when the transaction's id is asked for", sends(/pg_current_xact_id\(\)::text, /), "lose"],
  ["before COMMIT arrives", after(alter, sends(/^COMMIT/, "Q")), "lose"],
  ["when COMMIT has arrived", after(alter, sends(/^COMMIT/, "Q")), "deliver-and-close"],
  ["when COMMIT is answered", after(alter, answers(/^COMMIT/)), "lose"],
  ["before CREATE INDEX CONCURRENTLY arrives", sends(/CREATE INDEX CONCURRENTLY/, "Q"), "lose"],
  ["when CREATE INDEX CONCURRENTLY has arrived", sends(/CREATE INDEX CONCURRENTLY/, "Q"), "deliver-and-close"],
  ["when CREATE INDEX CONCURRENTLY is answered", answers(/^CREATE INDEX/), "lose"],
  ["when VACUUM is answered", answers(/^VACUUM/), "lose"],
  ["when DROP INDEX CONCURRENTLY has arrived", sends(/^DROP INDEX CONCURRENTLY t_a/, "Q"), "deliver-and-close"],
  ["when the lock is asked for", sends(/pg_try_advisory_lock\(\d+, 1\) AS/, "Q"), "lose"],
  ["when the journal is made", sends(/CREATE SCHEMA IF NOT EXISTS lockkeeper/, "Q"), "deliver-and-close"],
  ["when somebody looks who waits", sends(/'waiter'/, "Q"), "lose"],
];
