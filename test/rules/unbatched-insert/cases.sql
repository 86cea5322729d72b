-- Rows that are written in one go.

-- bad: all rows of another table
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, bio text);
CREATE TABLE profiles (user_id bigint PRIMARY KEY, bio text);
INSERT INTO users VALUES (1, 'a');
-- migration:
INSERT INTO profiles (user_id, bio) SELECT id, bio FROM users;
-- ^ reported

-- bad: what is there already is left out, so that it can be repeated
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" ("Id" bigint PRIMARY KEY);
CREATE TABLE "Sales".old ("Id" bigint PRIMARY KEY);
INSERT INTO "Sales".old SELECT generate_series(1, 2500);
INSERT INTO "Sales"."Orders" VALUES (7);
-- migration:
INSERT INTO "Sales"."Orders"
-- ^ reported
SELECT * FROM "Sales".old WHERE "Id" NOT IN (SELECT "Id" FROM "Sales"."Orders");

-- bad: MERGE
-- history:
CREATE TABLE 재고 (품목 text PRIMARY KEY, 수량 int);
CREATE TABLE 입고 (품목 text, 수량 int);
-- migration:
MERGE INTO 재고 USING 입고 ON 재고.품목 = 입고.품목
-- ^ reported
WHEN MATCHED THEN UPDATE SET 수량 = 재고.수량 + 입고.수량
WHEN NOT MATCHED THEN INSERT VALUES (입고.품목, 입고.수량);

-- bad: COPY from a file of the server, and from a program
-- history:
CREATE TABLE zip_codes (code text);
-- migration:
COPY zip_codes FROM '/dev/null';
-- ^ reported
COPY zip_codes FROM PROGRAM 'true';
-- ^ reported

-- bad: behind ON CONFLICT, and through WITH
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE members (id bigint PRIMARY KEY);
-- migration:
WITH chosen AS (SELECT id FROM users) INSERT INTO members SELECT id FROM chosen WHERE true ON CONFLICT DO NOTHING;
-- ^ reported

-- good: rows that stand in the file
-- history:
CREATE TABLE roles (name text PRIMARY KEY);
-- migration:
INSERT INTO roles VALUES ('admin'), ('reader');
INSERT INTO roles SELECT 'writer' WHERE NOT EXISTS (SELECT FROM roles WHERE name = 'writer');
INSERT INTO roles (name) VALUES ((SELECT max(name) || '2' FROM roles));

-- good: nobody uses a table that the same file makes
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, bio text);
-- migration:
CREATE TABLE profiles (user_id bigint PRIMARY KEY, bio text);
INSERT INTO profiles SELECT id, bio FROM users;

-- good: COPY to somewhere
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
COPY (SELECT 'INSERT INTO users SELECT id FROM users') TO '/dev/null';
