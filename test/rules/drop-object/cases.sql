-- DROP of what tables and programs are made with.

-- bad: the schema, with everything in it
-- history:
CREATE SCHEMA legacy;
CREATE TABLE legacy.orders (id bigint);
-- migration:
DROP SCHEMA legacy CASCADE;
-- ^ reported

-- bad: a type takes the columns of that type with it
-- history:
CREATE SCHEMA "Sales";
CREATE TYPE "Sales"."State" AS ENUM ('new', 'paid');
CREATE DOMAIN 금액 AS numeric CHECK (VALUE >= 0);
CREATE TABLE orders (id bigint, state "Sales"."State", amount 금액);
-- migration:
DROP TYPE IF EXISTS "Sales"."State" CASCADE; DROP /* TYPE x, */ DOMAIN 금액 CASCADE;
-- ^ reported
-- ^ reported at column 46

-- bad: two sequences, one the default of a column
-- history:
CREATE SEQUENCE numbers;
CREATE SEQUENCE codes;
CREATE TABLE orders (id bigint DEFAULT nextval('numbers'));
-- migration:
DROP SEQUENCE numbers, public.codes CASCADE;
-- ^ reported
-- ^ reported

-- bad: an extension with its functions
-- history:
CREATE EXTENSION pgcrypto;
-- migration:
drop extension pgcrypto;
-- ^ reported

-- good: a function, a view and a trigger hold no rows
-- history:
CREATE TABLE users (id bigint);
CREATE VIEW people AS SELECT id FROM users;
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- migration:
DROP VIEW people;
DROP FUNCTION one;

-- good: another name, with what depends on it
-- history:
CREATE SCHEMA legacy;
CREATE TYPE state AS ENUM ('new');
-- migration:
ALTER SCHEMA legacy RENAME TO legacy_unused;
ALTER TYPE state RENAME TO state_unused;
