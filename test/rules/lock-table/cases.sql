-- LOCK TABLE.

-- bad: without a mode it is the strongest
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
LOCK TABLE users;
-- ^ reported
COMMIT;

-- bad: against writers, on several tables
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" (id bigint PRIMARY KEY);
CREATE TABLE 고객 (번호 bigint PRIMARY KEY);
-- migration:
SELECT 1;
LOCK "Sales"."Orders", 고객 IN EXCLUSIVE MODE NOWAIT;
-- ^ reported

-- good: a mode that lets others read and write
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
LOCK TABLE users IN SHARE UPDATE EXCLUSIVE MODE;
COMMIT;

-- good: a table that the same file makes
-- migration:
CREATE TABLE users (id bigint PRIMARY KEY);
LOCK TABLE users;

-- good: rows
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
SELECT id FROM users WHERE id = 1 FOR UPDATE;
COMMIT;
