-- DROP TABLE.

-- bad: its rows are gone, and who still names it fails
-- history:
CREATE TABLE invoices (id bigint PRIMARY KEY);
-- migration:
DROP TABLE invoices;
-- ^ reported

-- bad: the tables at the other end of its foreign keys are locked too
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE teams (id bigint PRIMARY KEY);
CREATE TABLE members (user_id bigint REFERENCES users, team_id bigint REFERENCES teams);
-- migration:
DROP TABLE IF EXISTS public.members CASCADE;
-- ^ reported

-- bad: two at once, with quotes, a schema and a comment
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders; old" (id bigint);
CREATE TABLE 전표 (번호 bigint);
-- migration:
-- both are unused
DROP /* , */ TABLE "Sales"."Orders; old",
-- ^ reported
-- ^ reported
  전표;

-- bad: a table that no migration has made may be there all the same
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
DROP TABLE IF EXISTS import_of_2019;
-- ^ reported
CREATE TABLE import_of_2019 (id bigint);

-- bad: a name as long as a name can be
-- history:
CREATE TABLE a_table_whose_name_is_exactly_as_long_as_postgresql_allows_them (id bigint);
-- migration:
DROP TABLE a_table_whose_name_is_exactly_as_long_as_postgresql_allows_them;
-- ^ reported

-- bad: a partition is locked together with its table
-- history:
CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2019 PARTITION OF events FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
-- migration:
DROP TABLE events_2019;
-- ^ reported

-- good: a table that the same file makes
-- migration:
CREATE TABLE staging (id bigint);
CREATE TEMPORARY TABLE seen (id bigint);
DROP TABLE seen, staging;

-- good: it gets another name first
-- history:
CREATE TABLE invoices (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE invoices RENAME TO invoices_unused;

-- bad: MySQL has no IF EXISTS for a rename, and would move the table into the database that is in use
-- layout: plain
-- dialect: mysql
-- history:
CREATE TABLE shop.`old items` (id INT PRIMARY KEY);
-- migration:
DROP TABLE IF EXISTS shop.`old items`; # nobody reads `it
-- ^ reported

-- bad: SQLite has brackets around names
-- layout: plain
-- dialect: sqlite
-- history:
CREATE TABLE Orders (id INTEGER PRIMARY KEY);
-- migration:
DROP TABLE [Orders];
-- ^ reported

-- good: a table of SQLite that the same file makes
-- layout: plain
-- dialect: sqlite
-- migration:
CREATE TABLE staging (id INTEGER PRIMARY KEY);
DROP TABLE staging;
