-- Type changes that write the table or its indexes anew.

-- bad: a wider integer is stored in another way
-- history:
CREATE TABLE orders (id int PRIMARY KEY, amount int);
-- migration:
ALTER TABLE orders ALTER COLUMN amount TYPE bigint;
-- ^ reported

-- bad: several, with quotes, a schema, comments and a column called type
-- history:
CREATE SCHEMA "Sales";
CREATE TYPE "Sales"."Order state" AS ENUM ('new', 'paid');
CREATE TABLE "Sales"."Orders" (id int PRIMARY KEY, type text, "State" text, note varchar(10));
-- migration:
ALTER TABLE IF EXISTS "Sales"."Orders"
  ALTER COLUMN note TYPE text, -- TYPE char(3)
  ALTER type TYPE char(3),
-- ^ reported
  ALTER "State" SET DATA TYPE /* USING */ "Sales"."Order state" USING "State"::"Sales"."Order state";
-- ^ reported

-- bad: other digits behind the point
-- history:
CREATE TABLE 전표 (번호 bigint PRIMARY KEY, 금액 numeric(18, 2));
-- migration:
ALTER TABLE 전표 ALTER COLUMN 금액 TYPE numeric(20, 4);
-- ^ reported

-- bad: USING computes every value
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100));
-- migration:
ALTER TABLE users ALTER COLUMN email TYPE text USING lower(email);
-- ^ reported

-- bad: a narrower varchar checks and writes every value
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100));
-- migration:
ALTER TABLE users ALTER COLUMN email TYPE varchar(50);
-- ^ reported

-- bad: the time zone of the session decides
-- history:
CREATE TABLE events (id bigint PRIMARY KEY, at timestamp);
-- migration:
ALTER TABLE events ALTER COLUMN at TYPE timestamptz;
-- ^ reported

-- bad: an index sorts in another way and is built again
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, name text COLLATE "C");
CREATE INDEX users_name ON users (name);
-- migration:
ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "POSIX";
-- ^ reported

-- bad: a table that no migration is seen to make may hold anything
-- history:
DO $$ BEGIN CREATE TABLE legacy (id bigint PRIMARY KEY, code int); END $$;
-- migration:
ALTER TABLE public.legacy ALTER COLUMN code TYPE bigint;
-- ^ reported

-- bad: a domain with a check, and a partitioned table
-- history:
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE events (at date NOT NULL, amount int) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- migration:
ALTER TABLE events ALTER COLUMN amount TYPE positive;
-- ^ reported

-- good: what only widens changes the catalog
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50), email varchar(100), amount numeric(10, 2));
-- migration:
ALTER TABLE users ALTER COLUMN name TYPE varchar(100), ALTER COLUMN email TYPE text;
ALTER TABLE users ALTER COLUMN amount TYPE numeric(12, 2);
ALTER TABLE users ALTER COLUMN amount TYPE numeric USING amount::numeric;

-- good: in UTC a timestamp keeps its bytes
-- history:
CREATE TABLE events (id bigint PRIMARY KEY, at timestamp);
-- migration:
SET timezone = 'UTC';
ALTER TABLE events ALTER COLUMN at TYPE timestamptz;

-- good: nobody waits for a table that the same file makes
-- migration:
CREATE TABLE orders (id int PRIMARY KEY);
ALTER TABLE orders ALTER COLUMN id TYPE bigint;

-- good: a column of the new type beside the old one
-- history:
CREATE TABLE orders (id int PRIMARY KEY, amount int);
-- migration:
ALTER TABLE orders ADD COLUMN amount_new bigint;
