-- Files of the base branch that are gone.

-- bad: golang-migrate looks for the newest when it starts
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- base: 000002_add_email.up.sql
-- reported
ALTER TABLE users ADD COLUMN email text;
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);

-- bad: an older one is missing in new databases only
-- base: 000001_create_users.up.sql
-- reported
CREATE TABLE users (id bigint);
-- base: 000002_주문.up.sql
CREATE TABLE 주문 (id bigint);
-- file: 000002_주문.up.sql
CREATE TABLE 주문 (id bigint);

-- bad: the way back of a migration that has run
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- base: 000001_create_users.down.sql
-- reported
DROP TABLE users;
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);

-- good: all are there
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000002_add_email.up.sql
ALTER TABLE users ADD COLUMN email text;

-- good: a file that was no migration
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- base: notes.txt
Nothing.
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
