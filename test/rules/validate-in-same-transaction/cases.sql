-- VALIDATE CONSTRAINT under a lock that others wait for.

-- bad: validated in the transaction that added it, under the lock of that
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
-- migration:
ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_user;
-- ^ reported

-- bad: validated beside a change that locks readers out
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric);
-- migration:
ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID, VALIDATE CONSTRAINT positive;
-- ^ reported at column 74

-- bad: between BEGIN and COMMIT, in quotes, with a schema
-- layout: plain
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" ("Id" bigint PRIMARY KEY, "Amount" numeric);
INSERT INTO "Sales"."Orders" VALUES (1, 2);
-- migration:
BEGIN;
ALTER TABLE "Sales"."Orders" ADD CONSTRAINT "Amount, positive" CHECK ("Amount" > 0) NOT VALID;
ALTER TABLE "Sales"."Orders" VALIDATE CONSTRAINT "Amount, positive";
-- ^ reported
COMMIT;

-- bad: NOT NULL is such a constraint from 18 on
-- history:
CREATE TABLE 직원 (번호 bigint PRIMARY KEY, 이름 text);
-- migration:
ALTER TABLE 직원 ADD CONSTRAINT 이름_있음 NOT NULL 이름 NOT VALID;
COMMENT ON TABLE 직원 IS '이름은 비울 수 없음';
ALTER TABLE 직원 VALIDATE CONSTRAINT 이름_있음;
-- ^ reported

-- bad: another change of the same table has taken the lock
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric);
ALTER TABLE orders ADD CONSTRAINT orders_amount CHECK (amount > 0) NOT VALID;
-- migration:
ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE orders VALIDATE CONSTRAINT orders_amount;
-- ^ reported

-- good: in a migration of its own
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users NOT VALID;
-- migration:
SET lock_timeout = '5s';
ALTER TABLE orders VALIDATE CONSTRAINT orders_user;

-- good: in a transaction of its own
-- layout: plain
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric);
-- migration:
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_amount CHECK (amount > 0) NOT VALID;
COMMIT;
BEGIN;
ALTER TABLE orders VALIDATE CONSTRAINT orders_amount;
COMMIT;

-- good: a table that the same file makes, and another one that is locked
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, name text);
-- migration:
CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric);
ALTER TABLE users ADD COLUMN note text;
ALTER TABLE orders ADD CONSTRAINT orders_amount CHECK (amount > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_amount;
