-- Statements that PostgreSQL refuses in a transaction.

-- bad: golang-migrate sends the two statements as one string
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
-- migration:
ALTER TABLE orders ADD COLUMN note text;
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);
-- ^ reported

-- bad: BEGIN and COMMIT around it
-- history:
CREATE TABLE "Orders" ("Customer" bigint);
-- migration:
BEGIN;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "Orders_Customer" ON "Orders" ("Customer");
-- ^ reported
COMMIT;

-- bad: Lockkeeper keeps to BEGIN and COMMIT as well
-- applied-by: lockkeeper
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
-- migration:
START TRANSACTION;
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);
-- ^ reported
COMMIT;

-- bad: COMMIT before it does not help where the file is one string
-- history:
CREATE TABLE 전표 (번호 bigint PRIMARY KEY, 작성일 date);
-- migration:
BEGIN;
ALTER TABLE 전표 ADD COLUMN 비고 text;
COMMIT;
CREATE /* in its own transaction? */ INDEX CONCURRENTLY ON 전표 (작성일);
-- ^ reported

-- bad: on a table of the same file CONCURRENTLY gains nothing
-- migration:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);
-- ^ reported

-- bad: indexes that are dropped or built again, and VACUUM
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
CREATE INDEX orders_customer ON orders (customer_id);
-- migration:
SET lock_timeout = '5s';
VACUUM (ANALYZE) orders;
-- ^ reported
REINDEX (CONCURRENTLY) INDEX orders_customer;
-- ^ reported
DROP INDEX CONCURRENTLY IF EXISTS orders_customer;
-- ^ reported

-- bad: a partition that is taken off
-- layout: plain
-- history:
CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2019 PARTITION OF events FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
-- migration:
BEGIN;
ALTER TABLE events DETACH PARTITION events_2019 CONCURRENTLY;
-- ^ reported
COMMIT;

-- bad: a schema that is indexed anew, and a session that forgets all
-- migration:
SELECT 1; REINDEX SCHEMA public; DISCARD ALL;
-- ^ reported at column 11
-- ^ reported at column 34

-- bad: in the way back
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
-- migration:
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);
-- down:
DROP INDEX CONCURRENTLY orders_customer;
-- ^ reported
DROP INDEX IF EXISTS orders_state;

-- good: alone in its file, comments or not
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
-- migration:
-- No BEGIN; and no COMMIT;
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id); /* nothing else; */
;

-- good: Lockkeeper applies the statements one by one
-- applied-by: lockkeeper
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
-- migration:
BEGIN;
ALTER TABLE orders ADD COLUMN note text;
COMMIT;
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);
VACUUM orders;

-- good: so does whoever applies a plain layout
-- layout: plain
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
-- migration:
SET lock_timeout = '5s';
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);

-- good: what may run in a transaction although it sounds alike
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM orders;
CREATE UNIQUE INDEX ON totals (n);
-- migration:
BEGIN;
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
REINDEX TABLE orders;
ANALYZE orders;
COMMIT;
