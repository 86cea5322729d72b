-- Indexes that are dropped under ACCESS EXCLUSIVE.

-- bad: the whole table is locked for it
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE INDEX users_email ON users (email);
-- migration:
DROP INDEX users_email;
-- ^ reported

-- bad: several at once, in quotes, with a schema
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" (id bigint PRIMARY KEY, state text, at date);
CREATE INDEX "Orders, state" ON "Sales"."Orders" (state);
CREATE INDEX orders_at ON "Sales"."Orders" (at);
-- migration:
DROP INDEX IF EXISTS "Sales"."Orders, state", "Sales".orders_at;
-- ^ reported

-- bad: the index of a partitioned table
-- history:
CREATE TABLE 사건 (일자 date NOT NULL, 종류 int) PARTITION BY RANGE (일자);
CREATE TABLE 사건_2026 PARTITION OF 사건 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX 사건_종류 ON 사건 (종류);
-- migration:
DROP INDEX 사건_종류;
-- ^ reported

-- good: with CONCURRENTLY
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE INDEX users_email ON users (email);
-- migration:
DROP INDEX CONCURRENTLY users_email;

-- good: the index of a table that the same file makes
-- migration:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE INDEX users_email ON users (email);
DROP INDEX users_email;
