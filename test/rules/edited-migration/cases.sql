-- Files that were already on the base branch, and say something else now.

-- bad: a column was added to a migration that has run
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.up.sql
-- reported
CREATE TABLE users (id bigint, email text);

-- bad: under another name, and with another text
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- base: 000002_주문.up.sql
CREATE TABLE 주문 (id bigint);
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000002_orders.up.sql
-- reported
CREATE TABLE orders (id bigint);

-- bad: a comment is text too
-- layout: plain
-- base: 001_users.sql
CREATE TABLE users (id bigint);
-- file: 001_users.sql
-- reported
-- the people
CREATE TABLE users (id bigint);

-- bad: it can no longer be read
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.up.sql, as UTF-16
-- reported
CREATE TABLE users (id bigint);

-- good: a byte order mark says nothing
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.up.sql, with a byte order mark
CREATE TABLE users (id bigint);

-- good: the way back of a migration may be corrected
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- base: 000001_create_users.down.sql
DROP TABLE user;
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.down.sql
DROP TABLE users;

-- good: a new migration beside the old one
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000002_add_email.up.sql
ALTER TABLE users ADD COLUMN email text;
