-- DROP COLUMN.

-- bad: its values are gone, and who still names it fails
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, legacy_code text);
-- migration:
ALTER TABLE users DROP COLUMN legacy_code;
-- ^ reported

-- bad: several in one ALTER TABLE, with quotes, a schema and comments
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" (id bigint PRIMARY KEY, "Note, old" text, "column" text, kept text);
-- migration:
ALTER TABLE IF EXISTS "Sales"."Orders" /* DROP COLUMN kept, */
  DROP "Note, old", ADD COLUMN note text DEFAULT 'DROP COLUMN kept', DROP COLUMN IF EXISTS "column" CASCADE;
-- ^ reported
-- ^ reported at column 70

-- bad: a column of every partition
-- history:
CREATE TABLE 기록 (일자 date NOT NULL, 비고 text) PARTITION BY RANGE (일자);
CREATE TABLE 기록_2026 PARTITION OF 기록 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- migration:
BEGIN;
ALTER TABLE 기록 DROP 비고;
-- ^ reported
COMMIT;

-- good: a column of a table that the same file makes
-- migration:
CREATE TABLE users (id bigint PRIMARY KEY, scratch text);
ALTER TABLE users DROP COLUMN scratch;

-- good: a default, a constraint and NOT NULL hold no values
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL DEFAULT '' CHECK (email <> 'x'));
-- migration:
ALTER TABLE users
  ALTER COLUMN email DROP DEFAULT,
  ALTER COLUMN email DROP NOT NULL,
  DROP CONSTRAINT users_email_check;
