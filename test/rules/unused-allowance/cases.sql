-- Allowances that accept nothing.

-- bad: the statement below does something else
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, legacy_code text);
-- migration:
-- lockkeeper:allow drop-table: the table is empty
-- ^ reported
ALTER TABLE users DROP COLUMN legacy_code;

-- bad: it stands above another statement than the one that it was meant for
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, legacy_code text);
-- migration:
SET lock_timeout = '5s';
-- lockkeeper:allow drop-column: legacy_code was last read in 2.3
-- ^ reported
CREATE TABLE codes (code text PRIMARY KEY);
ALTER TABLE users DROP COLUMN legacy_code;

-- good: it accepts what stands below
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, legacy_code text);
-- migration:
-- lockkeeper:allow drop-column: legacy_code was last read in 2.3
ALTER TABLE users
  DROP COLUMN legacy_code;

-- good: the same words in a string
-- history:
CREATE TABLE notes (note text);
-- migration:
INSERT INTO notes VALUES ('
-- lockkeeper:allow drop-column: it is only text
');
