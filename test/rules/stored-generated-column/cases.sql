-- Stored generated columns of tables that are there.

-- bad: every row is computed and written
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric, tax numeric);
INSERT INTO orders VALUES (1, 100, 10);
-- migration:
ALTER TABLE orders ADD COLUMN total numeric GENERATED ALWAYS AS (amount + tax) STORED;
-- ^ reported

-- bad: before 18 there is no other kind, quoted and unique
-- postgres: 15
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" ("Id" bigint PRIMARY KEY, "Note" text);
-- migration:
ALTER TABLE "Sales"."Orders" ADD COLUMN state text,
  ADD COLUMN "Key, lower" text COLLATE "C" GENERATED ALWAYS AS (lower("Note")) STORED UNIQUE;
-- ^ reported

-- bad: a new expression for a stored column, in all partitions
-- history:
CREATE TABLE 전표 (작성일 date NOT NULL, 금액 int, 세금 int GENERATED ALWAYS AS (금액 / 10) STORED) PARTITION BY RANGE (작성일);
CREATE TABLE 전표_2026 PARTITION OF 전표 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- migration:
ALTER TABLE 전표 ALTER COLUMN 세금 SET EXPRESSION AS (금액 / 11);
-- ^ reported

-- good: a virtual column is computed when it is read
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric, tax numeric);
-- migration:
ALTER TABLE orders ADD COLUMN total numeric GENERATED ALWAYS AS (amount + tax) VIRTUAL;

-- good: in a new table
-- migration:
CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric, total numeric GENERATED ALWAYS AS (amount * 1.1) STORED);
ALTER TABLE orders ADD COLUMN half numeric GENERATED ALWAYS AS (amount / 2) STORED;

-- good: a stored column that becomes a plain one
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric, total numeric GENERATED ALWAYS AS (amount * 1.1) STORED);
-- migration:
ALTER TABLE orders ALTER COLUMN total DROP EXPRESSION;
