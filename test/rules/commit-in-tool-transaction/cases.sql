-- COMMIT in a transaction that the file has not begun.

-- bad: the tool has begun one around the file already
-- layout: drizzle
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
ALTER TABLE users ADD COLUMN email text;
COMMIT;
-- ^ reported

-- bad: COMMIT in the middle of a file that Lockkeeper runs in a transaction
-- layout: plain
-- history:
CREATE TABLE 직원 (번호 bigint PRIMARY KEY);
-- migration:
ALTER TABLE 직원 ADD COLUMN 이름 text;
COMMIT;
-- ^ reported
ALTER TABLE 직원 ADD COLUMN 전화 text;

-- bad: the statements of one string are in one transaction, which COMMIT ends
-- history:
CREATE TABLE "Orders" (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE "Orders" ADD COLUMN note text;
COMMIT;
-- ^ reported
ALTER TABLE "Orders" ADD COLUMN state text;

-- good: where the tool begins none, the file may
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
ALTER TABLE users ADD COLUMN email text;
COMMIT;

-- good: Lockkeeper leaves it to the file
-- layout: plain
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
SET lock_timeout = '5s';
BEGIN;
ALTER TABLE users ADD COLUMN email text;
COMMIT;
BEGIN;
ALTER TABLE users ADD COLUMN phone text;
COMMIT;

-- good: without a word about transactions
-- layout: drizzle
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE users ADD COLUMN email text;
ALTER TABLE users ADD COLUMN "COMMIT" text;
