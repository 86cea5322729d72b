-- Down scripts that drop what was there before.

-- bad: a column that is older than the migration
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" (id bigint PRIMARY KEY, note text);
-- migration:
ALTER TABLE "Sales"."Orders" ADD COLUMN "State" text;
-- down:
ALTER TABLE "Sales"."Orders"
  DROP COLUMN "State",
  DROP COLUMN note;
-- ^ reported

-- bad: a table, an index and a constraint of earlier migrations
-- history:
CREATE TABLE 직원 (번호 bigint PRIMARY KEY, 이름 text, CONSTRAINT 이름_있음 CHECK (이름 <> ''));
CREATE INDEX 직원_이름 ON 직원 (이름);
CREATE TABLE 임시 (번호 bigint);
-- migration:
ALTER TABLE 직원 ADD COLUMN 전화 text;
-- down:
ALTER TABLE 직원 DROP COLUMN 전화;
DROP INDEX 직원_이름;
-- ^ reported
ALTER TABLE 직원 DROP CONSTRAINT 이름_있음;
-- ^ reported
DROP TABLE IF EXISTS 임시;
-- ^ reported

-- good: what the up script made, under the names that it gave
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migration:
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
CREATE INDEX ON users (email);
ALTER TABLE users ADD UNIQUE (email), ADD COLUMN phone text;
ALTER TABLE orders RENAME TO purchases;
-- down:
DROP TABLE purchases;
ALTER TABLE users DROP CONSTRAINT users_email_key, DROP COLUMN phone;
DROP INDEX users_email_idx;

-- good: made and dropped on the way
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, plan text);
-- migration:
ALTER TABLE users ADD COLUMN plan_id int;
-- down:
CREATE TABLE kept AS SELECT id, plan_id FROM users;
ALTER TABLE users DROP COLUMN plan_id;
DROP TABLE kept;

-- good: what the up script makes was put together in code
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
DO $$ BEGIN EXECUTE format('CREATE TABLE %I (id bigint)', 'orders'); END $$;
-- down:
DROP TABLE orders;
