-- New columns that are NOT NULL, with nothing to put into the rows that are there.

-- bad: it works on an empty table only
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE users ADD COLUMN email text NOT NULL;
-- ^ reported

-- bad: DEFAULT NULL is no default, and a primary key is NOT NULL
-- history:
CREATE SCHEMA "Shop";
CREATE TABLE "Shop"."Orders" (note text);
CREATE TABLE plans (id int PRIMARY KEY);
-- migration:
ALTER TABLE "Shop"."Orders"
  ADD COLUMN "Plan" int DEFAULT NULL NOT NULL REFERENCES plans (id),
-- ^ reported
  ADD COLUMN state text,
  ADD COLUMN id uuid PRIMARY KEY;
-- ^ reported

-- bad: a table whose rows the same file has copied
-- layout: plain
-- history:
CREATE TABLE 직원 (번호 bigint PRIMARY KEY);
-- migration:
CREATE TABLE 새_직원 AS SELECT 번호 FROM 직원;
ALTER TABLE 새_직원 ADD COLUMN 이름 text NOT NULL;
-- ^ reported

-- good: with a default
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
INSERT INTO users VALUES (1);
-- migration:
ALTER TABLE users
  ADD COLUMN plan text NOT NULL DEFAULT 'free',
  ADD COLUMN number int GENERATED ALWAYS AS IDENTITY,
  ADD COLUMN doubled bigint GENERATED ALWAYS AS (id * 2) STORED NOT NULL;

-- good: without NOT NULL
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
INSERT INTO users VALUES (1);
-- migration:
ALTER TABLE users ADD COLUMN email text;

-- good: a table that the same file has made has no rows, and no program knows it
-- migration:
CREATE TABLE users (id bigint PRIMARY KEY);
ALTER TABLE users ADD COLUMN email text NOT NULL;
