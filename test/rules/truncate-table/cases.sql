-- TRUNCATE of tables that have rows.

-- bad: every row is gone
-- history:
CREATE TABLE sessions (id bigint PRIMARY KEY, token text);
INSERT INTO sessions VALUES (1, 'a');
-- migration:
TRUNCATE TABLE sessions;
-- ^ reported

-- bad: CASCADE empties the tables that refer to it as well, in any depth
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);
CREATE TABLE refunds (id bigint, line_id bigint REFERENCES lines);
-- migration:
TRUNCATE orders RESTART IDENTITY CASCADE;
-- ^ reported

-- bad: two at once, with quotes, a schema and a star
-- history:
CREATE SCHEMA "Audit";
CREATE TABLE "Audit"."Log" (id bigint);
CREATE TABLE 임시 (번호 bigint);
-- migration:
BEGIN;
  TRUNCATE /* TABLE nothing, */ ONLY "Audit"."Log", 임시 *;
-- ^ reported
-- ^ reported
COMMIT;

-- good: nobody has rows in a table that the same file makes
-- migration:
CREATE TABLE sessions (id bigint);
INSERT INTO sessions VALUES (1);
TRUNCATE sessions;

-- good: rows are deleted, not the table emptied
-- history:
CREATE TABLE sessions (id bigint PRIMARY KEY);
-- migration:
DELETE FROM sessions WHERE id < 10;

-- bad: MySQL commits first, and nothing brings the rows back
-- layout: plain
-- dialect: mysql
-- history:
CREATE TABLE `로그` (id INT PRIMARY KEY);
-- migration:
TRUNCATE `로그`;
-- ^ reported
