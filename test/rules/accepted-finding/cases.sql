-- What authors accept themselves.

-- bad: the one who writes the migration writes the allowance too
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, legacy_code text);
-- migration:
SET lock_timeout = '5s';

-- lockkeeper:allow drop-column: legacy_code was last read in 2.3, gone from every deployed release
-- ^ reported
ALTER TABLE users DROP COLUMN legacy_code;

-- bad: one for the whole file, with several places
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, a text, b text);
-- migration:
-- lockkeeper:allow drop-column: nobody has read these columns since 2023
-- ^ reported

ALTER TABLE users DROP COLUMN a;
ALTER TABLE users DROP COLUMN b;

-- good: a migration without one
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, legacy_code text);
-- migration:
-- legacy_code was last read in 2.3
ALTER TABLE users DROP COLUMN legacy_code;

-- good: one that names nothing that is found
-- migration:
-- lockkeeper:allow drop-column: legacy_code was last read in 2.3
CREATE TABLE users (id bigint PRIMARY KEY);
