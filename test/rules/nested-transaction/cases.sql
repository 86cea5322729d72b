-- BEGIN inside a transaction of the same file.

-- bad: the first COMMIT ends both
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY);
-- migration:
BEGIN;
ALTER TABLE users ADD COLUMN email text;
BEGIN;
-- ^ reported
ALTER TABLE orders ADD COLUMN note text;
COMMIT;
ALTER TABLE users ADD COLUMN phone text;
COMMIT;

-- bad: also where Lockkeeper sends the statements
-- layout: plain
-- history:
CREATE TABLE 직원 (번호 bigint PRIMARY KEY);
-- migration:
BEGIN;
  BEGIN TRANSACTION;
-- ^ reported
  ALTER TABLE 직원 ADD COLUMN 이름 text;
  END;
ALTER TABLE 직원 ADD COLUMN 전화 text;
COMMIT;

-- good: one after the other
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
ALTER TABLE users ADD COLUMN email text;
COMMIT;
BEGIN;
ALTER TABLE users ADD COLUMN phone text;
COMMIT;

-- good: BEGIN inside a body begins no transaction
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
BEGIN;
CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
DO $$ BEGIN BEGIN PERFORM one(); END; END $$;
SAVEPOINT inner_one;
RELEASE inner_one;
COMMIT;
