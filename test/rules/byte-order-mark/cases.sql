-- Files that begin with a byte order mark.

-- bad: golang-migrate sends it with the SQL
-- migration: with a byte order mark
-- reported
CREATE TABLE users (id bigint);

-- bad: also in front of a comment
-- migration: with a byte order mark
-- reported
-- 사용자
CREATE TABLE 사용자 (번호 bigint);

-- bad: also where nothing else is in the file
-- migration: with a byte order mark
-- reported
-- nothing yet

-- bad: in the way back
-- migration:
CREATE TABLE users (id bigint);
-- down: with a byte order mark
-- reported
DROP TABLE users;

-- good: a file without one
-- migration:
CREATE TABLE users (id bigint);

-- good: Lockkeeper leaves it out
-- applied-by: lockkeeper
-- migration: with a byte order mark
CREATE TABLE users (id bigint);

-- good: so does whoever applies a plain layout
-- layout: plain
-- migration: with a byte order mark
CREATE TABLE users (id bigint);

-- bad: MySQL takes it for a word as well
-- dialect: mysql
-- migration: with a byte order mark
-- reported
CREATE TABLE t (id INT PRIMARY KEY);

-- good: SQLite passes over it
-- dialect: sqlite
-- migration: with a byte order mark
CREATE TABLE t (id INTEGER PRIMARY KEY);
