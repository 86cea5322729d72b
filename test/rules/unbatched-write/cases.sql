-- UPDATE and DELETE over tables that are in use.

-- bad: every row that matches is locked until the end
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, preferences jsonb);
INSERT INTO users VALUES (1, NULL), (2, NULL), (3, '{"a": 1}');
-- migration:
UPDATE users SET preferences = '{}' WHERE preferences IS NULL;
-- ^ reported

-- bad: so is every row, where there is no condition
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, visits int);
INSERT INTO users VALUES (1, 1), (2, 2);
-- migration:
UPDATE users SET visits = visits + 1;
-- ^ reported

-- bad: repeated, this would raise the prices again and again
-- history:
CREATE TABLE prices (id bigint PRIMARY KEY, amount numeric, region text);
INSERT INTO prices VALUES (1, 100, 'kr'), (2, 200, 'us');
-- migration:
UPDATE prices SET amount = amount * 1.1 WHERE region = 'kr';
-- ^ reported

-- bad: quotes, a schema, an alias and a condition with OR
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Order lines" ("Id" bigint PRIMARY KEY, "where" text, state text);
INSERT INTO "Sales"."Order lines" VALUES (1, 'here', 'new'), (2, 'there', 'old'), (3, NULL, 'new');
-- migration:
DELETE /* WHERE all */ FROM ONLY "Sales"."Order lines" AS l -- WHERE 1 = 0
-- ^ reported
  WHERE l."where" = 'here' -- , and
     OR l.state IN (SELECT 'old');

-- bad: a state that is left behind, in all partitions
-- history:
CREATE TABLE events (at date NOT NULL, state text, kind int) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO events VALUES ('2025-02-01', 'keep', 1), ('2026-02-01', 'new', 1), ('2025-03-01', 'new', 1), ('2026-03-01', 'keep', 1);
-- migration:
BEGIN;
UPDATE events SET state = 'done', kind = kind + 1 WHERE state = 'new';
-- ^ reported
DELETE FROM events WHERE state = 'done' AND kind > 1;
-- ^ reported
COMMIT;

-- bad: everything is deleted, and then much
-- layout: plain
-- history:
CREATE TABLE 로그 (번호 bigint);
INSERT INTO 로그 SELECT generate_series(1, 10);
CREATE TABLE old_log (id bigint);
INSERT INTO old_log SELECT generate_series(1, 2500);
-- migration:
SELECT 1; DELETE FROM 로그; DELETE FROM old_log WHERE id > 100;
-- ^ reported at column 11
-- ^ reported at column 27

-- bad: the rows are found through another table
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, team_id bigint, team text);
CREATE TABLE teams (id bigint PRIMARY KEY, name text);
-- migration:
UPDATE users SET team = teams.name FROM teams WHERE teams.id = users.team_id;
-- ^ reported
DELETE FROM users USING teams WHERE teams.id = users.team_id RETURNING users.id;
-- ^ reported

-- bad: inside a query
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, gone boolean);
CREATE TABLE old_users (LIKE users);
-- migration:
WITH gone AS (DELETE FROM users WHERE users.gone RETURNING *)
-- ^ reported
INSERT INTO old_users SELECT * FROM gone;

-- bad: what is random, limited, or measured on the table itself would in the end be all of it
-- history:
CREATE TABLE samples (id bigint PRIMARY KEY, kept boolean);
INSERT INTO samples SELECT generate_series(1, 10);
-- migration:
DELETE FROM samples WHERE random() < 0.5;
-- ^ reported
DELETE FROM samples WHERE id IN (SELECT id FROM samples ORDER BY id LIMIT 2);
-- ^ reported
DELETE FROM public.samples s WHERE s.id < (SELECT avg(id) FROM samples);
-- ^ reported
UPDATE samples SET kept = true WHERE kept IS NULL AND id > (SELECT avg(id) FROM samples);
-- ^ reported

-- bad: found through another table that stays as it is
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, gone boolean);
CREATE TABLE sessions (id bigint PRIMARY KEY, user_id bigint);
INSERT INTO users VALUES (1, true), (2, false);
INSERT INTO sessions VALUES (10, 1), (11, 2), (12, 1);
-- migration:
DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE gone) AND id < abs(-100);
-- ^ reported

-- good: nobody uses a table that the same file makes
-- migration:
CREATE TABLE users (id bigint PRIMARY KEY, visits int);
INSERT INTO users VALUES (1, 0);
UPDATE users SET visits = 1;
DELETE FROM users WHERE visits = 0;

-- good: a default needs no UPDATE
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE users ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}';

-- good: what is only written about
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, note text);
-- migration:
-- UPDATE users SET note = '';
COMMENT ON TABLE users IS 'DELETE FROM users WHERE gone';
SELECT id FROM users WHERE note = 'UPDATE users SET note' FOR UPDATE;

-- bad: MySQL deletes at most so many rows where it is told to
-- layout: plain
-- dialect: mysql
-- history:
CREATE TABLE `order items` (id INT PRIMARY KEY, state VARCHAR(20));
-- migration:
DELETE FROM `order items` WHERE state = 'it''s; old'; # no ' more
-- ^ reported

-- bad: SQLite lets nobody else write meanwhile
-- layout: plain
-- dialect: sqlite
-- history:
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);
-- migration:
DELETE FROM "t" WHERE a < 5 AND lower(b) IN ('x');
-- ^ reported

-- good: a few rows of MariaDB by their key
-- layout: plain
-- dialect: mariadb
-- history:
CREATE TABLE t (id INT PRIMARY KEY, a INT);
-- migration:
UPDATE t SET a = 1 WHERE id IN (1, 2, 3);
