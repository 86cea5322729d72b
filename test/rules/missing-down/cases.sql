-- Migrations without a way back.

-- bad: no down script at all
-- file: 000001_create_users.up.sql
-- reported
CREATE TABLE users (id bigint);

-- bad: the down script of another version
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.down.sql
DROP TABLE users;
-- file: 000002_add_email.up.sql
-- reported
ALTER TABLE users ADD COLUMN email text;

-- good: each has its own
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.down.sql
DROP TABLE users;

-- good: a layout that has no down scripts
-- layout: plain
-- file: 001_create_users.sql
CREATE TABLE users (id bigint);
