-- New files whose version is below those of the base branch.

-- bad: another branch was merged first
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- base: 000003_orders.up.sql
CREATE TABLE orders (id bigint);
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000002_이메일.up.sql
-- reported
ALTER TABLE users ADD COLUMN email text;
-- file: 000003_orders.up.sql
CREATE TABLE orders (id bigint);

-- bad: numbers are no text
-- layout: plain
-- base: 9_users.sql
CREATE TABLE users (id bigint);
-- base: 10_orders.sql
CREATE TABLE orders (id bigint);
-- file: 9_users.sql
CREATE TABLE users (id bigint);
-- file: 10_orders.sql
CREATE TABLE orders (id bigint);
-- file: 8_late.sql
-- reported
CREATE TABLE late (id bigint);

-- good: the highest version
-- base: 000009_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000009_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000010_add_email.up.sql
ALTER TABLE users ADD COLUMN email text;

-- good: an old version that was there before
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- base: 000003_orders.up.sql
CREATE TABLE orders (id bigint);
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000003_orders.up.sql
CREATE TABLE orders (id bigint);
