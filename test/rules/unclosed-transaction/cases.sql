-- Transactions that are never committed.

-- bad: BEGIN without COMMIT
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
-- ^ reported
ALTER TABLE users ADD COLUMN email text;

-- bad: Lockkeeper does not commit what it did not begin
-- layout: plain
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
START TRANSACTION;
-- ^ reported
ALTER TABLE users ADD COLUMN email text;
SAVEPOINT here;
RELEASE here;

-- bad: ROLLBACK at the end, as when it was tried out
-- history:
CREATE TABLE 직원 (번호 bigint PRIMARY KEY);
-- migration:
BEGIN;
ALTER TABLE 직원 ADD COLUMN 이름 text;
ROLLBACK;
-- ^ reported

-- bad: ABORT is another word for it, and needs no BEGIN in a file that is one string
-- history:
CREATE TABLE "Orders" (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE "Orders" ADD COLUMN note text;
ABORT;
-- ^ reported

-- good: closed, and what is undone is only a part
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
ALTER TABLE users ADD COLUMN email text;
SAVEPOINT try;
INSERT INTO users VALUES (1);
ROLLBACK TO SAVEPOINT try;
END;

-- good: chained, and closed at the end
-- layout: plain
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
ALTER TABLE users ADD COLUMN email text;
COMMIT AND CHAIN;
ALTER TABLE users ADD COLUMN phone text;
COMMIT;

-- good: a look at the rows may be rolled back
-- layout: plain
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
SELECT count(*) FROM users;
ROLLBACK;
ALTER TABLE users ADD COLUMN "BEGIN" text;
COMMENT ON TABLE users IS 'BEGIN; ROLLBACK;';
