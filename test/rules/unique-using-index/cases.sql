-- Keys whose index is built under ACCESS EXCLUSIVE.

-- bad: nobody can read the table until the index is built
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
INSERT INTO users VALUES (1, 'a'), (2, 'b');
-- migration:
ALTER TABLE users ADD CONSTRAINT users_email_unique UNIQUE (email);
-- ^ reported

-- bad: unnamed, over several columns, with all that may stand behind
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" ("Id" bigint PRIMARY KEY, "Customer, no" int, state text, note text);
-- migration:
ALTER TABLE "Sales"."Orders" ADD COLUMN seen date,
  ADD UNIQUE /* UNIQUE (note) */ NULLS NOT DISTINCT ("Customer, no", state) INCLUDE (note) WITH (fillfactor = 70)
-- ^ reported
    USING INDEX TABLESPACE pg_default DEFERRABLE INITIALLY DEFERRED;

-- bad: a primary key on a column that may be NULL
-- history:
CREATE TABLE 직원 (번호 bigint, 지점 int NOT NULL);
INSERT INTO 직원 VALUES (1, 1), (2, 1);
-- migration:
ALTER TABLE 직원 ADD PRIMARY KEY (번호, 지점);
-- ^ reported

-- bad: before 18 a check proves NOT NULL
-- postgres: 15
-- history:
CREATE TABLE logs (id bigint, body text);
-- migration:
ALTER TABLE logs ADD CONSTRAINT logs_pk PRIMARY KEY (id);
-- ^ reported

-- bad: a new column that has to be unique
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
INSERT INTO users VALUES (1);
-- migration:
ALTER TABLE users ADD COLUMN code text DEFAULT 'none' CONSTRAINT users_code_unique UNIQUE NOT NULL;
-- ^ reported

-- bad: nothing can be built beforehand for EXCLUDE
-- history:
CREATE TABLE bookings (room int4range, at tstzrange);
-- migration:
ALTER TABLE bookings ADD CONSTRAINT one_at_a_time EXCLUDE USING gist (room WITH =, at WITH &&);
-- ^ reported

-- bad: every partition is read
-- history:
CREATE TABLE events (at date NOT NULL, id bigint NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- migration:
ALTER TABLE events ADD PRIMARY KEY (id, at);
-- ^ reported

-- good: the index first
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE UNIQUE INDEX users_email_unique ON users (email);
-- migration:
ALTER TABLE users ADD CONSTRAINT users_email_unique UNIQUE USING INDEX users_email_unique;

-- good: nobody waits for a table that the same file makes
-- migration:
CREATE TABLE users (id bigint, email text);
ALTER TABLE users ADD PRIMARY KEY (id), ADD UNIQUE (email);
ALTER TABLE users ADD COLUMN code text UNIQUE;

-- good: other constraints
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, "unique" int);
-- migration:
ALTER TABLE users ADD CONSTRAINT "primary key" CHECK ("unique" > 0) NOT VALID;
