-- Ways back from nowhere.

-- bad: the up script was deleted
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.down.sql
DROP TABLE users;
-- file: 000002_add_email.down.sql
-- reported
ALTER TABLE users DROP COLUMN email;

-- bad: nor has a plain layout one
-- layout: plain
-- file: 001_create_users.sql
CREATE TABLE users (id bigint);
-- file: 002_주문.down.sql
-- reported
DROP TABLE 주문;

-- good: up and down
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.down.sql
DROP TABLE users;

-- good: up alone
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
