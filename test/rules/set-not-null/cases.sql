-- SET NOT NULL on tables that have rows.

-- bad: every row is read while nobody can reach the table
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migration:
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
-- ^ reported

-- bad: before 18 the proof is a check
-- postgres: 16
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migration:
ALTER TABLE users ALTER email SET NOT NULL;
-- ^ reported

-- bad: one of several changes, with quotes, a schema and comments
-- postgres: 14
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" ("Number" text, "Date, of" date);
-- migration:
ALTER TABLE ONLY "Sales"."Orders" -- SET NOT NULL
  ALTER COLUMN "Number" SET DEFAULT 'SET NOT NULL, or not',
  /* the date */ ALTER COLUMN "Date, of" SET NOT NULL;
-- ^ reported at column 18

-- bad: a check that is not valid proves nothing
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
ALTER TABLE users ADD CONSTRAINT email_there CHECK (email IS NOT NULL) NOT VALID;
-- migration:
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
-- ^ reported

-- bad: nor does a check that says more than it has to
-- postgres: 17
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text CHECK (email IS NOT NULL OR id < 100));
-- migration:
ALTER TABLE IF EXISTS users ALTER COLUMN email SET NOT NULL;
-- ^ reported

-- bad: the rows of a partitioned table are in its partitions
-- history:
CREATE TABLE events (id bigint, at timestamptz NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- migration:
ALTER TABLE events ALTER COLUMN kind SET NOT NULL;
-- ^ reported

-- bad: filled in the same transaction, and still read once more
-- history:
CREATE TABLE 전표 (번호 bigint PRIMARY KEY, 적요 text);
-- migration:
BEGIN;
UPDATE 전표 SET 적요 = '' WHERE 적요 IS NULL;
ALTER TABLE 전표 ALTER COLUMN 적요 SET NOT NULL;
-- ^ reported
COMMIT;

-- good: a valid check proves it, and is dropped afterwards
-- postgres: 16
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
ALTER TABLE users ADD CONSTRAINT email_there CHECK (email IS NOT NULL) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT email_there;
-- migration:
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT email_there;

-- good: a column that is NOT NULL already is not looked at
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
-- migration:
ALTER TABLE users ALTER COLUMN id SET NOT NULL, ALTER COLUMN email SET NOT NULL;

-- good: nobody waits for a table that the same file makes
-- migration:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
ALTER TABLE users ALTER COLUMN email SET NOT NULL;

-- good: a NOT NULL constraint that is not valid looks at no row
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migration:
ALTER TABLE users ADD CONSTRAINT users_email_not_null NOT NULL email NOT VALID;

-- good: NULL is allowed again
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migration:
ALTER TABLE users ALTER COLUMN email DROP NOT NULL, ALTER COLUMN email SET DEFAULT '';
