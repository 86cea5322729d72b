-- Foreign keys, checks and NOT NULL constraints that are looked at row by row.

-- bad: both tables of a foreign key wait
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
-- migration:
ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users;
-- ^ reported

-- bad: a check locks out readers as well
-- history:
CREATE TABLE accounts (id bigint PRIMARY KEY, balance numeric);
-- migration:
ALTER TABLE accounts ADD CHECK (balance >= 0);
-- ^ reported

-- bad: several in one ALTER TABLE, quoted, unnamed, with ADD in a comment and in the names
-- history:
CREATE SCHEMA "Add";
CREATE TABLE "Add"."add" ("Id" bigint PRIMARY KEY, "from" date, "to, add" date);
-- migration:
ALTER TABLE "Add"."add" /* ADD nothing */
  ADD CHECK ("from" < "to, add"), -- ADD CHECK
-- ^ reported
  ADD COLUMN note text,
  ADD CONSTRAINT "Not, negative" CHECK (/* ) */ "Id" > 0) NO INHERIT;
-- ^ reported

-- bad: a table that refers to itself
-- history:
CREATE TABLE 직원 (번호 bigint PRIMARY KEY, 상사 bigint);
-- migration:
ALTER TABLE 직원 ADD FOREIGN KEY (상사) REFERENCES 직원 DEFERRABLE INITIALLY DEFERRED;
-- ^ reported

-- bad: beside another change the foreign key is checked under the lock of that
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
-- migration:
ALTER TABLE orders
  ADD COLUMN note text,
  ADD FOREIGN KEY (user_id) REFERENCES public.users (id) ON DELETE SET NULL;
-- ^ reported

-- bad: a new column's own check reads every row, although none has a value
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE orders ADD COLUMN amount numeric(12, 2) -- in won
-- ^ reported
  DEFAULT 0 CONSTRAINT "amount, positive" CHECK (amount >= 0) CHECK (amount < 1e9) NOT NULL;

-- bad: a new column with a default is looked up for every row
-- history:
CREATE TABLE plans (id int PRIMARY KEY);
INSERT INTO plans VALUES (1);
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE users ADD plan_id int DEFAULT 1 REFERENCES plans (id) ON UPDATE SET DEFAULT DEFERRABLE;
-- ^ reported

-- bad: the referenced table is new, the one that refers to it is not
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, team_id bigint);
-- migration:
CREATE TABLE teams (id bigint PRIMARY KEY);
ALTER TABLE users ADD CONSTRAINT users_team FOREIGN KEY (team_id) REFERENCES teams (id);
-- ^ reported

-- bad: the rows of a partitioned table are in its partitions
-- postgres: 15
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE events (at date NOT NULL, user_id bigint) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- migration:
ALTER TABLE events ADD FOREIGN KEY (user_id) REFERENCES users (id);
-- ^ reported

-- bad: a partitioned table takes NOT VALID from 18 on
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE events (at date NOT NULL, user_id bigint) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- migration:
ALTER TABLE events ADD FOREIGN KEY (user_id) REFERENCES users (id), ADD CHECK (user_id > 0);
-- ^ reported at column 20
-- ^ reported at column 69

-- bad: a NOT NULL constraint is a check
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migration:
ALTER TABLE users ADD NOT NULL email;
-- ^ reported

-- good: NOT VALID looks at no row
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, amount numeric);
-- migration:
ALTER TABLE orders
  ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID,
  ADD CONSTRAINT orders_amount CHECK (amount > 0) NOT VALID;

-- good: validated in a migration of its own, table after table
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users NOT VALID;
-- migration:
SET lock_timeout = '5s';
ALTER TABLE orders VALIDATE CONSTRAINT orders_user;

-- good: a new column without values satisfies a foreign key
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY);
-- migration:
ALTER TABLE orders ADD COLUMN user_id bigint REFERENCES users (id) ON DELETE CASCADE;

-- good: nobody waits for a table that the same file makes
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users, amount numeric CHECK (amount > 0));
ALTER TABLE orders ADD CHECK (id > 0), ADD FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE orders ADD COLUMN paid numeric CHECK (paid >= 0);

-- good: what is not enforced is never looked at
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric);
-- migration:
ALTER TABLE orders ADD CONSTRAINT orders_amount CHECK (amount > 0) NOT ENFORCED;

-- good: in transactions of their own, one after the other
-- layout: plain
-- history:
CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric);
-- migration:
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_amount CHECK (amount > 0) NOT VALID;
COMMIT;
BEGIN;
ALTER TABLE orders VALIDATE CONSTRAINT orders_amount;
COMMIT;
