-- Down scripts that do not undo the up script.

-- bad: an index and a column stay behind
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migration:
CREATE TABLE orders (id bigint PRIMARY KEY);
ALTER TABLE users ADD COLUMN phone text;
CREATE INDEX users_email ON users (email);
-- down:
DROP TABLE orders;
-- ^ reported

-- bad: a type and a constraint stay
-- history:
CREATE TABLE 직원 (번호 bigint PRIMARY KEY);
-- migration:
CREATE TYPE 직급 AS ENUM ('사원', '대리');
ALTER TABLE 직원 ADD COLUMN 직급 직급;
ALTER TABLE 직원 ADD CONSTRAINT 번호_양수 CHECK (번호 > 0);
-- down:
ALTER TABLE 직원 DROP COLUMN 직급;
-- ^ reported

-- good: all of it is undone, what goes with a table or a column without a word
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migration:
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
CREATE INDEX ON orders (user_id);
ALTER TABLE users ADD COLUMN phone text, ADD UNIQUE (email);
CREATE INDEX users_phone ON users (phone);
CREATE VIEW people AS SELECT id FROM users;
-- down:
DROP VIEW IF EXISTS people;
ALTER TABLE users DROP COLUMN phone, DROP CONSTRAINT users_email_key;
DROP TABLE IF EXISTS public.orders;

-- good: names are given back
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, mail text);
-- migration:
ALTER TABLE users ADD COLUMN phone text;
ALTER TABLE users RENAME COLUMN mail TO email;
ALTER TABLE users RENAME TO people;
-- down:
ALTER TABLE people RENAME TO users;
ALTER TABLE users RENAME COLUMN email TO mail;
ALTER TABLE users DROP COLUMN phone;

-- good: a schema with all that was made in it
-- migration:
CREATE SCHEMA sales;
CREATE TABLE sales.orders (id bigint PRIMARY KEY);
CREATE TYPE sales.state AS ENUM ('new');
-- down:
DROP SCHEMA sales CASCADE;

-- good: one that says that there is no way back
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, note text);
-- migration:
ALTER TABLE users ADD COLUMN phone text;
-- down:
-- The numbers are needed by law.
SELECT 1;

-- good: what an index was before
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE INDEX users_email ON users (email);
-- migration:
DROP INDEX users_email;
CREATE UNIQUE INDEX users_email ON users (email);
-- down:
DROP INDEX users_email;
CREATE INDEX users_email ON users (email);
