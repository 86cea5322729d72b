-- Statements behind which everybody waits, without a limit.

-- bad: behind one long query
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE users ADD COLUMN email text;
-- ^ reported

-- bad: once a file, at the first of them
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" ("Id" bigint PRIMARY KEY);
CREATE TABLE 고객 (번호 bigint PRIMARY KEY);
-- migration:
COMMENT ON TABLE 고객 IS '고객';
BEGIN;
ALTER TABLE "Sales"."Orders" ADD COLUMN note text;
-- ^ reported
ALTER TABLE 고객 ADD COLUMN 비고 text;
CREATE TRIGGER keep BEFORE UPDATE ON 고객 FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
COMMIT;

-- bad: 0 is no limit, and SET LOCAL ends with its transaction
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
SET LOCAL lock_timeout = '3s';
ALTER TABLE users ADD COLUMN email text;
COMMIT;
SET lock_timeout = 0;
ALTER TABLE users ALTER COLUMN email SET DEFAULT '';
-- ^ reported

-- good: with a limit
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
SET lock_timeout = '3s';
ALTER TABLE users ADD COLUMN email text;
CREATE INDEX users_email ON users (email);

-- good: Lockkeeper sets one itself
-- applied-by: lockkeeper
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE users ADD COLUMN email text;

-- good: what holds its lock for long has another way
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text, name text);
CREATE TABLE old_users (id bigint PRIMARY KEY);
-- migration:
CREATE INDEX users_email ON users (email);
ALTER TABLE users ALTER COLUMN name SET NOT NULL, ADD COLUMN note text;
DROP TABLE old_users;

-- good: locks behind which nobody waits, and tables that nobody uses
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migration:
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE users ALTER COLUMN email SET STATISTICS 500;
COMMENT ON TABLE users IS 'Users';
INSERT INTO users VALUES (1);
