-- New columns whose default is computed for each existing row.

-- bad: each row gets its own value, so the table is written anew
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
-- ^ reported

-- bad: NOT NULL and UNIQUE behind it, with quotes, a schema and comments
-- history:
CREATE SCHEMA "Shop";
CREATE TYPE "Shop"."Money" AS (amount numeric, currency text);
CREATE TABLE "Shop"."Orders" (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE "Shop"."Orders"
  ADD COLUMN IF NOT EXISTS "Seen, at" timestamp (3) with time zone -- DEFAULT now()
-- ^ reported
    NOT NULL DEFAULT clock_timestamp() /* each its own */ + interval '1 day' CONSTRAINT "Seen" UNIQUE,
  ADD COLUMN note text DEFAULT 'random(), not',
  ADD price "Shop"."Money";

-- bad: a function of the project's own that is volatile
-- history:
CREATE FUNCTION next_code() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN md5(random()::text); END $$;
CREATE TABLE vouchers (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE vouchers ADD code text COLLATE "C" DEFAULT next_code() NOT NULL;
-- ^ reported

-- bad: a function that nothing is known of may be
-- history:
DO $$ BEGIN EXECUTE concat('CREATE FUNCTION code_of_tenant() RETURNS int ', 'STABLE LANGUAGE sql AS ''SELECT 7'''); END $$;
CREATE TABLE vouchers (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE vouchers ADD COLUMN code int DEFAULT code_of_tenant();
-- ^ reported

-- bad: every partition is written anew
-- history:
CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- migration:
ALTER TABLE events ADD COLUMN sample real DEFAULT random();
-- ^ reported

-- good: the column first, the default for new rows after it
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE users ADD COLUMN token uuid;
ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();

-- good: a constant, and what is the same for the whole statement, are kept once
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE users
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN active boolean DEFAULT true NOT NULL,
  ADD COLUMN "random()" text DEFAULT 'gen_random_uuid()',
  ADD COLUMN note jsonb DEFAULT NULL;

-- good: a function that is declared stable gives one value
-- history:
CREATE FUNCTION first_plan() RETURNS int STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE users ADD COLUMN plan int DEFAULT first_plan();

-- good: numbers have a rule of their own
-- history:
CREATE TABLE logs (body text);
-- migration:
ALTER TABLE logs ADD COLUMN id bigserial;

-- good: nobody waits for a table that the same file makes
-- migration:
CREATE TABLE users (id bigint PRIMARY KEY, token uuid DEFAULT gen_random_uuid());
ALTER TABLE users ADD COLUMN code uuid DEFAULT gen_random_uuid();
ALTER TABLE users ADD COLUMN number serial;
