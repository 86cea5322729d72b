-- Versions that two files claim.

-- bad: two people took the next number
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000002_add_email.up.sql
-- reported
ALTER TABLE users ADD COLUMN email text;
-- file: 000002_create_orders.up.sql
-- reported
CREATE TABLE orders (id bigint);

-- bad: two spellings of one number
-- layout: plain
-- file: 1_create_users.sql
-- reported
CREATE TABLE users (id bigint);
-- file: 001_create_orders.sql
-- reported
CREATE TABLE orders (id bigint);
-- file: 01_주문.sql
-- reported
CREATE TABLE 주문 (번호 bigint);

-- bad: two ways back
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.down.sql
-- reported
DROP TABLE users;
-- file: 000001_drop_users.down.sql
-- reported
DROP TABLE users;

-- good: up and down are two scripts of one version
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.down.sql
DROP TABLE users;
-- file: 000002_create_orders.up.sql
CREATE TABLE orders (id bigint);

-- good: numbers with gaps
-- layout: plain
-- file: 1_create_users.sql
CREATE TABLE users (id bigint);
-- file: 10_create_orders.sql
CREATE TABLE orders (id bigint);
