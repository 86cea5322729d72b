-- Comments for Lockkeeper that are not understood.

-- bad: no reason is given
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, legacy_code text);
-- migration:
-- lockkeeper:allow drop-column
-- ^ reported
ALTER TABLE users DROP COLUMN legacy_code;

-- bad: a rule by a name that is not quite its own
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, legacy_code text);
-- migration:
-- lockkeeper:allow drop-colum: legacy_code was last read in 2.3
-- ^ reported
ALTER TABLE users DROP COLUMN legacy_code;

-- bad: a word that is none, and an allowance behind its statement
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, legacy_code text);
-- migration:
-- lockkeeper:disable drop-column
-- ^ reported
ALTER TABLE users DROP COLUMN legacy_code; -- lockkeeper:allow drop-column: legacy_code was last read in 2.3
-- ^ reported at column 44

-- bad: a tool applies the file, and does not read the comment
-- layout: golang-migrate
-- migration:
-- lockkeeper:no-transaction
-- ^ reported
CREATE TABLE users (id bigint PRIMARY KEY);

-- good: Lockkeeper applies the file
-- layout: golang-migrate
-- applied-by: lockkeeper
-- migration:
-- lockkeeper:no-transaction
CREATE TABLE users (id bigint PRIMARY KEY);

-- good: an allowance as it should be
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, legacy_code text);
-- migration:
-- lockkeeper:allow drop-column: legacy_code was last read in 2.3
ALTER TABLE users DROP COLUMN legacy_code;
