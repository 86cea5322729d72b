-- What is dropped although something may need it.

-- bad: a view may read the column
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text, note text);
CREATE VIEW people AS SELECT id, email FROM users;
-- migration:
ALTER TABLE users DROP COLUMN note;
-- ^ reported

-- bad: CASCADE takes the foreign keys with it
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text, CONSTRAINT users_email UNIQUE (email));
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" (id bigint PRIMARY KEY, mail text REFERENCES users (email));
-- migration:
ALTER TABLE users DROP CONSTRAINT users_email CASCADE;
-- ^ reported

-- bad: the only index of a foreign key
-- history:
CREATE TABLE 고객 (번호 bigint PRIMARY KEY);
CREATE TABLE 주문 (번호 bigint PRIMARY KEY, 고객 bigint REFERENCES 고객);
CREATE INDEX 주문_고객 ON 주문 (고객);
-- migration:
DROP INDEX CONCURRENTLY 주문_고객;
-- ^ reported

-- bad: a view may read the column whose type changes
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, age int, name varchar(10));
CREATE VIEW people AS SELECT id FROM users;
-- migration:
ALTER TABLE users ALTER COLUMN name TYPE varchar(20);
-- ^ reported

-- good: nothing needs it
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text, note text, CONSTRAINT users_email UNIQUE (email));
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
CREATE INDEX orders_user ON orders (user_id);
CREATE INDEX orders_user_id ON orders (user_id, id);
-- migration:
ALTER TABLE users DROP COLUMN note;
ALTER TABLE users DROP CONSTRAINT users_email CASCADE;
DROP INDEX orders_user;

-- good: what needs it goes first
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, note text);
CREATE VIEW people AS SELECT id, note FROM users;
-- migration:
DROP VIEW people;
ALTER TABLE users DROP COLUMN note;
