-- SQL files that their tool passes over.

-- bad: a migration without its direction
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000002_add_email.sql
-- reported
ALTER TABLE users ADD COLUMN email text;

-- bad: upper case, and a name without a number
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000002_add_email.UP.SQL
-- reported
ALTER TABLE users ADD COLUMN email text;
-- file: 주문.sql
-- reported
CREATE TABLE 주문 (번호 bigint);

-- bad: in a plain layout
-- layout: plain
-- file: 001_create_users.sql
CREATE TABLE users (id bigint);
-- file: seed.sql
-- reported
INSERT INTO users VALUES (1);

-- good: names as golang-migrate wants them
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 20260801120000_add_email.up.sql
ALTER TABLE users ADD COLUMN email text;

-- good: files that are no SQL
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: README.md
Migrations.
-- file: 000001_create_users.up.sql.orig
CREATE TABLE users ();
