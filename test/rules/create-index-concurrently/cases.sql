-- Indexes on tables that are in use.

-- bad: writers wait for as long as the index is built
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL);
-- migration:
CREATE INDEX orders_customer ON orders (customer_id);
-- ^ reported

-- bad: quotes, a schema, and comments in odd places change nothing
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" ("Number" text, "Place; of" text);
-- migration:
/* numbers have to be
   unique */ CREATE UNIQUE /* INDEX */ INDEX -- the name
-- ^ reported at column 14
  "Orders; Number" ON "Sales"."Orders" ("Number", "Place; of") ;

-- bad: an index without a name, on a table with a Korean one
-- history:
CREATE TABLE 전표 (번호 bigint PRIMARY KEY, 작성일 date);
-- migration:
-- 작성일로 찾기
create index on 전표 (작성일);
-- ^ reported

-- bad: an expression, a method and a condition
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text, deleted_at timestamptz);
-- migration:
SELECT 1; CREATE INDEX users_email ON public.users USING btree (lower(email) text_pattern_ops) INCLUDE (id) WHERE deleted_at IS NULL;
-- ^ reported at column 11

-- bad: in a transaction, the lock lasts until COMMIT
-- layout: plain
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
-- migration:
BEGIN;
CREATE INDEX IF NOT EXISTS orders_customer ON orders (customer_id);
-- ^ reported
COMMIT;

-- bad: every partition gets the index, and all of them are locked until the last has it
-- history:
CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- migration:
CREATE INDEX events_id ON events USING btree (id);
-- ^ reported

-- bad: the partitions may be made elsewhere
-- history:
CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at);
-- migration:
CREATE INDEX events_id ON events (id);
-- ^ reported

-- bad: a table that no migration is seen to make is in use
-- history:
DO $$ BEGIN CREATE TABLE legacy (id bigint, code text); END $$;
-- migration:
CREATE INDEX legacy_code ON legacy (code);
-- ^ reported

-- good: CONCURRENTLY, alone in its file
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
-- migration:
-- Built while the table is read and written.
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);

-- good: nobody uses a table that the same file makes
-- migration:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE TEMPORARY TABLE seen AS SELECT 1 AS id;
CREATE INDEX ON seen (id);

-- good: an index that is there already is not built again
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
CREATE INDEX orders_customer ON orders (customer_id);
-- migration:
CREATE INDEX IF NOT EXISTS orders_customer ON orders (customer_id);

-- good: ONLY makes the partitioned table's index and builds none
-- history:
CREATE TABLE events (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- migration:
CREATE INDEX events_id ON ONLY events (id);

-- good: an index that is dropped or renamed is not built
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
CREATE INDEX orders_customer ON orders (customer_id);
-- migration:
ALTER INDEX orders_customer RENAME TO orders_by_customer;
DROP INDEX orders_by_customer;
