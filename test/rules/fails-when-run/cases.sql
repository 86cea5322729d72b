-- Statements that the migrations before them make impossible.

-- bad: the table is there already
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- ^ reported

-- bad: so is the column, in quotes and with a schema
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" (id bigint PRIMARY KEY, "Note" text);
-- migration:
ALTER TABLE "Sales"."Orders"
  ADD COLUMN note text,
  ADD COLUMN "Note" text /* again */;
-- ^ reported

-- bad: a column that is not there
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migration:
ALTER TABLE users DROP COLUMN mail;
-- ^ reported

-- bad: an index of the name of another one
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text, name text);
CREATE INDEX users_by ON users (email);
-- migration:
CREATE INDEX users_by ON users (name);
-- ^ reported

-- bad: a foreign key still needs the table
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
-- migration:
DROP TABLE users;
-- ^ reported

-- bad: so does a view
-- history:
CREATE TABLE 직원 (번호 bigint PRIMARY KEY);
CREATE VIEW 재직 AS SELECT 번호 FROM 직원;
-- migration:
BEGIN;
DROP TABLE IF EXISTS 직원;
-- ^ reported
COMMIT;

-- bad: TRUNCATE of a table that another one refers to
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
-- migration:
TRUNCATE users;
-- ^ reported

-- bad: the index of a constraint
-- layout: plain
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE);
-- migration:
DROP INDEX users_email_key;
-- ^ reported

-- bad: CONCURRENTLY on a partitioned table
-- history:
CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
-- migration:
CREATE INDEX CONCURRENTLY events_id ON events (id);
-- ^ reported

-- bad: a schema with something in it
-- history:
CREATE SCHEMA legacy;
CREATE TABLE legacy.orders (id bigint);
-- migration:
DROP SCHEMA legacy;
-- ^ reported

-- bad: made twice in one file
-- migration:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY);
CREATE UNLOGGED TABLE public.users (id bigint PRIMARY KEY);
-- ^ reported

-- good: IF NOT EXISTS and IF EXISTS
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE INDEX users_email ON users (email);
-- migration:
CREATE TABLE IF NOT EXISTS users (id bigint);
ALTER TABLE users ADD COLUMN IF NOT EXISTS email text, DROP COLUMN IF EXISTS mail;
CREATE INDEX IF NOT EXISTS users_email ON users (email);
DROP TABLE IF EXISTS orders;

-- good: in the order that PostgreSQL needs
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
-- migration:
DROP TABLE orders;
DROP TABLE users;
CREATE TABLE users (id uuid PRIMARY KEY);

-- good: upper case is another name only in quotes, and a schema makes a name its own
-- history:
CREATE SCHEMA sales;
CREATE TABLE orders (id bigint);
-- migration:
CREATE TABLE "Orders" (id bigint);
CREATE TABLE sales.orders (id bigint, "ID" bigint);
ALTER TABLE sales.Orders DROP COLUMN Id;

-- good: what an unread block has done is not known
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
DO $$ BEGIN ALTER TABLE users ADD COLUMN email text; END $$;
-- migration:
ALTER TABLE users DROP COLUMN email;

-- good: CASCADE
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE VIEW people AS SELECT id FROM users;
-- migration:
DROP TABLE users CASCADE;
