-- What only psql understands.

-- bad: a setting of psql
-- migration:
\set ON_ERROR_STOP on
-- ^ reported
CREATE TABLE users (id bigint);

-- bad: another file, behind SQL on the same line
-- migration:
BEGIN; \i 'other file.sql'
-- ^ reported at column 8
CREATE TABLE "Users" (id bigint);
COMMIT;

-- bad: the rows of COPY
-- history:
CREATE TABLE 계정과목 (코드 text, 이름 text);
-- migration:
COPY 계정과목 (코드, 이름) FROM stdin;
-- ^ reported
101	현금; 예금
-- ^ reported
102	외상매출금 'x
\.
SELECT count(*) FROM 계정과목;

-- bad: COPY without rows has nobody to send them either
-- layout: plain
-- history:
CREATE TABLE accounts (code text);
-- migration:
copy accounts from STDIN with (format csv)
-- ^ reported

-- good: rows as SQL
-- history:
CREATE TABLE accounts (code text, name text);
-- migration:
INSERT INTO accounts VALUES ('101', E'cash\\\n'), ('102', '\i other.sql');

-- good: backslashes and COPY elsewhere
-- history:
CREATE TABLE accounts (code text);
-- migration:
-- \set is for psql
COMMENT ON TABLE accounts IS 'COPY accounts FROM stdin;
\.';
CREATE TABLE "\copy" (id int);
