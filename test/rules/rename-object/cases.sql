-- Renames of what programs know.

-- bad: a table
-- history:
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
INSERT INTO users (name) VALUES ('kim');
-- migration:
ALTER TABLE users RENAME TO people;
-- ^ reported

-- bad: a column
-- history:
CREATE TABLE customers (id bigint PRIMARY KEY, corp_num text);
-- migration:
ALTER TABLE customers RENAME COLUMN corp_num TO business_number;
-- ^ reported

-- bad: into another schema, in quotes, for 14
-- postgres: 14
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Order lines" (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE IF EXISTS "Order lines" SET SCHEMA "Sales";
-- ^ reported

-- bad: a view, a value, a type, its attribute, a schema, a sequence and a function
-- history:
CREATE TYPE 상태 AS ENUM ('신규', '완료');
CREATE TYPE address AS (street text);
CREATE TABLE orders (id bigint PRIMARY KEY, state 상태);
CREATE VIEW open_orders AS SELECT id FROM orders WHERE state = '신규';
CREATE SCHEMA old;
CREATE SEQUENCE numbers;
CREATE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- migration:
ALTER VIEW open_orders RENAME TO pending_orders;
-- ^ reported
ALTER TYPE 상태 RENAME VALUE '신규' TO '접수';
-- ^ reported
ALTER TYPE 상태 RENAME TO 주문_상태;
-- ^ reported
ALTER TYPE address RENAME ATTRIBUTE street TO line;
-- ^ reported
ALTER SCHEMA old RENAME TO archive;
-- ^ reported
ALTER SEQUENCE numbers RENAME TO counters;
-- ^ reported
ALTER FUNCTION total() RENAME TO sum_of_all;
-- ^ reported

-- bad: the view comes one transaction too late
-- layout: plain
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
ALTER TABLE users RENAME TO people;
-- ^ reported
COMMIT;
BEGIN;
CREATE VIEW users AS SELECT * FROM people;
COMMIT;

-- good: a view stands in for the table in the same transaction
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE users RENAME TO people;
CREATE VIEW users WITH (security_invoker = true) AS SELECT * FROM people;

-- good: two tables, and two columns, change places
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, amount int, amount_new bigint);
CREATE TABLE users_new (id bigint PRIMARY KEY, amount int, amount_new bigint);
-- migration:
BEGIN;
ALTER TABLE users RENAME TO users_old;
ALTER TABLE users_new RENAME TO users;
ALTER TABLE users DROP COLUMN amount;
ALTER TABLE users RENAME COLUMN amount_new TO amount;
COMMIT;

-- good: what the same file has made is known to nobody, and neither are indexes and constraints
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE INDEX users_mail ON users (email);
-- migration:
CREATE TABLE orders (id bigint PRIMARY KEY);
ALTER TABLE orders RENAME TO purchases;
ALTER TABLE users ADD COLUMN mail text;
ALTER TABLE users RENAME COLUMN mail TO second_email;
ALTER INDEX users_mail RENAME TO users_email;
ALTER TABLE users RENAME CONSTRAINT users_pkey TO users_key;
