-- A statement of MySQL or MariaDB that ends its file's transaction by itself.

-- bad: MySQL commits the UPDATE before it changes the table
-- layout: plain
-- dialect: mysql
-- history:
CREATE TABLE `order items` (id INT PRIMARY KEY, state VARCHAR(20));
-- migration:
START TRANSACTION;
UPDATE `order items` SET state = 'new' WHERE id = 7;
ALTER TABLE `order items` MODIFY state VARCHAR(20) NOT NULL;
-- ^ reported
DELETE FROM `order items` WHERE id = 8;
COMMIT;

-- bad: of two new tables the first stays when the second fails
-- layout: plain
-- dialect: mariadb
-- migration:
BEGIN;
CREATE TABLE 사용자 (id INT PRIMARY KEY);
-- ^ reported
CREATE TABLE shop.cards (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES 사용자 (id));
COMMIT;

-- bad: a second BEGIN commits what stands behind the first
-- layout: plain
-- dialect: mysql
-- history:
CREATE TABLE t (id INT PRIMARY KEY, a INT);
-- migration:
BEGIN;
UPDATE t SET a = 1 WHERE id = 1;
BEGIN;
-- ^ reported
UPDATE t SET a = 2 WHERE id = 2;
ROLLBACK;

-- bad: without autocommit every write begins a transaction
-- layout: plain
-- dialect: mysql
-- history:
CREATE TABLE t (id INT PRIMARY KEY, a INT);
-- migration:
SET autocommit = 0;
UPDATE t SET a = 1 WHERE id = 1;
TRUNCATE TABLE t;
-- ^ reported
COMMIT;

-- good: rows alone can be rolled back
-- layout: plain
-- dialect: mysql
-- history:
CREATE TABLE t (id INT PRIMARY KEY, a INT);
-- migration:
ALTER TABLE t ADD COLUMN b INT;
START TRANSACTION;
UPDATE t SET a = 1 WHERE id = 1;
CREATE TEMPORARY TABLE kept (id INT);
DELETE FROM t WHERE id = 2;
COMMIT;
ALTER TABLE t ADD COLUMN c INT;

-- good: one statement between BEGIN and COMMIT leaves nothing behind
-- layout: plain
-- dialect: mysql
-- migration:
BEGIN;
CREATE TABLE t (id INT PRIMARY KEY);
COMMIT;

-- good: SQLite rolls back changes of tables too
-- layout: plain
-- dialect: sqlite
-- history:
CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);
-- migration:
BEGIN;
UPDATE t SET a = 1 WHERE id = 1;
ALTER TABLE t ADD COLUMN b INT;
COMMIT;

-- good: so does PostgreSQL
-- layout: plain
-- history:
CREATE TABLE t (id int PRIMARY KEY, a int);
-- migration:
BEGIN;
UPDATE t SET a = 1 WHERE id = 1;
ALTER TABLE t ADD COLUMN b int;
COMMIT;
