-- Indexes that are built again under locks.

-- bad: the indexes of a table
-- history:
CREATE TABLE voucher_lines (id bigint PRIMARY KEY, account text);
-- migration:
REINDEX TABLE voucher_lines;
-- ^ reported

-- bad: one index, with options, in quotes
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" (id bigint PRIMARY KEY, state text);
CREATE INDEX "Index" ON "Sales"."Orders" (state);
-- migration:
SET lock_timeout = '5s';
REINDEX (VERBOSE) INDEX "Sales"."Index";
-- ^ reported

-- bad: a whole schema
-- layout: plain
-- history:
CREATE TABLE 전표 (번호 bigint PRIMARY KEY);
-- migration:
REINDEX SCHEMA public;
-- ^ reported

-- good: with CONCURRENTLY
-- history:
CREATE TABLE voucher_lines (id bigint PRIMARY KEY, account text);
-- migration:
REINDEX TABLE CONCURRENTLY voucher_lines;

-- good: of a table that the same file makes
-- migration:
CREATE TABLE voucher_lines (id bigint PRIMARY KEY);
REINDEX TABLE voucher_lines;
