-- Tables that are written anew for order's sake.

-- bad: VACUUM FULL
-- history:
CREATE TABLE logs (id bigint PRIMARY KEY);
INSERT INTO logs SELECT generate_series(1, 10);
-- migration:
VACUUM (FULL, ANALYZE) logs;
-- ^ reported

-- bad: CLUSTER
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" (id bigint CONSTRAINT "Orders_pkey" PRIMARY KEY);
-- migration:
CLUSTER "Sales"."Orders" USING "Orders_pkey";
-- ^ reported

-- bad: unlogged, and logged again
-- history:
CREATE TABLE 로그 (번호 bigint PRIMARY KEY);
-- migration:
ALTER TABLE 로그 SET UNLOGGED;
-- ^ reported
ALTER TABLE 로그 SET LOGGED;
-- ^ reported

-- bad: another place, and another way to store rows
-- history:
CREATE TABLE logs (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE logs SET TABLESPACE pg_default;
-- ^ reported
ALTER TABLE logs SET ACCESS METHOD heap;
-- ^ reported

-- good: plain VACUUM
-- history:
CREATE TABLE logs (id bigint PRIMARY KEY);
-- migration:
VACUUM (ANALYZE) logs;

-- good: an order that the next CLUSTER keeps to
-- history:
CREATE TABLE logs (id bigint CONSTRAINT logs_pkey PRIMARY KEY);
-- migration:
ALTER TABLE logs CLUSTER ON logs_pkey;
ALTER TABLE logs SET (fillfactor = 80);

-- good: a table that the same file makes
-- migration:
CREATE UNLOGGED TABLE logs (id bigint PRIMARY KEY);
ALTER TABLE logs SET LOGGED;
