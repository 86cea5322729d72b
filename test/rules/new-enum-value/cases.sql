-- Enum values that are used before their transaction is committed.

-- bad: in a row, behind the statement that adds it
-- history:
CREATE TYPE order_state AS ENUM ('new', 'paid');
CREATE TABLE orders (id bigint PRIMARY KEY, state order_state);
-- migration:
ALTER TYPE order_state ADD VALUE 'sent';
INSERT INTO orders (id, state) VALUES (1, 'paid'), (2, 'sent');
-- ^ reported

-- bad: in a default, and IF NOT EXISTS does not change it
-- history:
CREATE SCHEMA "Sales";
CREATE TYPE "Sales"."State" AS ENUM ('new');
CREATE TABLE "Sales"."Orders" ("Id" bigint, "State" "Sales"."State");
-- migration:
BEGIN;
ALTER TYPE "Sales"."State" ADD VALUE IF NOT EXISTS 'sent, paid' BEFORE 'new';
ALTER TABLE "Sales"."Orders" ALTER COLUMN "State" SET DEFAULT 'sent, paid';
-- ^ reported
COMMIT;

-- bad: in a condition
-- history:
CREATE TYPE 상태 AS ENUM ('신규');
CREATE TABLE 주문 (번호 bigint PRIMARY KEY, 상태 상태);
-- migration:
ALTER TYPE 상태 ADD VALUE '완료';
UPDATE 주문 SET 번호 = 번호 + 1 WHERE 상태 IN ('신규', '완료');
-- ^ reported

-- bad: in a cast, a partial index, a check, a new column and a view
-- history:
CREATE TYPE state AS ENUM ('a');
CREATE TABLE t (x int, s state);
-- migration:
ALTER TYPE state ADD VALUE 'b';
SELECT 'b'::state;
-- ^ reported
CREATE INDEX ON t (x) WHERE s = 'b';
-- ^ reported
ALTER TABLE t ADD CHECK (s <> 'b') NOT VALID;
-- ^ reported
ALTER TABLE t ADD COLUMN again state DEFAULT 'b';
-- ^ reported
CREATE VIEW v AS SELECT x FROM t WHERE s = 'b';
-- ^ reported

-- bad: what a query of constants inserts
-- history:
CREATE TYPE state AS ENUM ('a');
CREATE TABLE t (x int, s state);
-- migration:
ALTER TYPE state ADD VALUE 'b';
INSERT INTO t SELECT 1, 'b' FROM t;
-- ^ reported

-- good: in a later transaction
-- layout: plain
-- history:
CREATE TYPE order_state AS ENUM ('new', 'paid');
CREATE TABLE orders (id bigint PRIMARY KEY, state order_state);
-- migration:
BEGIN;
ALTER TYPE order_state ADD VALUE 'sent';
COMMIT;
UPDATE orders SET state = 'sent' WHERE id = 1;

-- good: the same word of another type
-- history:
CREATE TYPE order_state AS ENUM ('new', 'paid');
CREATE TABLE orders (id bigint PRIMARY KEY, state order_state, note text);
-- migration:
ALTER TYPE order_state ADD VALUE 'sent';
INSERT INTO orders VALUES (1, 'new', 'sent');
UPDATE orders SET note = 'sent', state = 'paid' WHERE note = 'sent' OR state::text = 'sent';
COMMENT ON TABLE orders IS 'sent';

-- good: an enum that the same transaction makes, from 17 on
-- migration:
CREATE TYPE order_state AS ENUM ('new', 'paid');
ALTER TYPE order_state ADD VALUE 'sent';
CREATE TABLE orders (id bigint PRIMARY KEY, state order_state DEFAULT 'sent');

-- good: a value that is there already
-- history:
CREATE TYPE order_state AS ENUM ('new', 'sent');
CREATE TABLE orders (id bigint PRIMARY KEY, state order_state);
-- migration:
ALTER TYPE order_state ADD VALUE IF NOT EXISTS 'sent';
INSERT INTO orders VALUES (1, 'sent');
