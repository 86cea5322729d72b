-- Long work in a transaction that holds a strong lock already.

-- bad: nobody can read the table until the backfill is done
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
INSERT INTO users VALUES (1), (2);
-- migration:
BEGIN;
ALTER TABLE users ADD COLUMN preferences jsonb;
UPDATE users SET preferences = '{}' WHERE preferences IS NULL;
-- ^ reported
COMMIT;

-- bad: a file that is one string is one transaction too, and one table waits for the work on another
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" (id bigint PRIMARY KEY, state text);
CREATE TABLE 고객 (번호 bigint PRIMARY KEY);
-- migration:
ALTER TABLE 고객 ADD COLUMN 비고 text;
CREATE INDEX ON "Sales"."Orders" (state);
-- ^ reported

-- bad: the foreign key of a new table keeps its lock on the old one while that is copied
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, bio text);
INSERT INTO users VALUES (1, 'a');
-- migration:
CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users, bio text);
INSERT INTO profiles SELECT id, bio FROM users;
-- ^ reported

-- bad: once a transaction, with all that it holds
-- layout: plain
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE lines (id bigint PRIMARY KEY, amount int);
-- migration:
BEGIN;
ALTER TABLE users ALTER COLUMN name SET DEFAULT '';
CREATE TRIGGER keep BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
UPDATE lines SET amount = 0;
-- ^ reported
DELETE FROM lines WHERE amount = 0;
COMMIT;
BEGIN;
ALTER TABLE users DROP COLUMN name;
DELETE FROM lines WHERE amount = 1;
-- ^ reported
COMMIT;

-- good: committed first
-- layout: plain
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
ALTER TABLE users ADD COLUMN preferences jsonb;
COMMIT;
UPDATE users SET preferences = '{}' WHERE preferences IS NULL;

-- good: a few rows, or none
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE plans (name text PRIMARY KEY);
-- migration:
ALTER TABLE users ADD COLUMN plan text;
INSERT INTO plans VALUES ('free');
INSERT INTO plans SELECT 'paid' WHERE NOT EXISTS (SELECT FROM plans WHERE name = 'paid');
UPDATE users SET plan = 'free' WHERE id = 1;
SELECT count(*) FROM users;
COMMENT ON TABLE plans IS 'Plans';

-- good: a lock that lets others read and write
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, plan text);
-- migration:
ALTER TABLE users ALTER COLUMN plan SET STATISTICS 500;
UPDATE users SET plan = 'free' WHERE plan IS NULL;

-- good: what needs the same lock itself has a finding of its own
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, plan text);
-- migration:
ALTER TABLE users ADD COLUMN note text;
ALTER TABLE users ALTER COLUMN plan SET NOT NULL;

-- good: tables that the same file makes
-- migration:
CREATE TABLE users (id bigint PRIMARY KEY);
ALTER TABLE users ADD COLUMN plan text;
INSERT INTO users SELECT generate_series(1, 10);
UPDATE users SET plan = 'free';
