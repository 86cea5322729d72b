-- Statements whose doing is not in the SQL.

-- bad: a DO block that runs what it puts together
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
DO $$
BEGIN
  EXECUTE format('DROP TABLE %I', 'users');
-- ^ reported at column 11
END $$;

-- bad: a function and a procedure that run what they put together
-- history:
CREATE SCHEMA "Ops";
CREATE FUNCTION "Ops"."Clean up"() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT ' || 1; RETURN 1; END $$;
CREATE PROCEDURE 마감() LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT ' || 1; END $$;
-- migration:
SELECT "Ops"."Clean up"(), now(); CALL 마감();
-- ^ reported
-- ^ reported at column 35

-- bad: a prepared statement that is run
-- layout: plain
-- migration:
PREPARE one AS SELECT 1;
EXECUTE one;
-- ^ reported

-- bad: a function that is called for each row
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, code text);
CREATE FUNCTION code_of(id bigint) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT ' || id; RETURN id::text; END $$;
-- migration:
INSERT INTO users VALUES (1, code_of(1));
-- ^ reported

-- good: functions of PostgreSQL's own
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email text);
-- migration:
SELECT count(*), lower(max(email)), current_setting('TimeZone'), gen_random_uuid() FROM users;
SELECT pg_advisory_xact_lock(42);
SELECT set_config('lock_timeout', '5s', true);

-- good: a DO block whose statements can be read, also the constant that it executes
-- migration:
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN
    EXECUTE 'CREATE TYPE mood AS ENUM (''good'', ''bad'')';
  END IF;
END $$;

-- good: a function of an earlier migration, by what it does
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, code text);
CREATE FUNCTION code_of(id bigint) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN id::text; END $$;
-- migration:
INSERT INTO users VALUES (1, code_of(1));

-- good: a function that is made, and not called
-- migration:
CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE users'; RETURN 1; END $$;
COMMENT ON FUNCTION one() IS 'DO $$ BEGIN END $$';

-- good: a function that says it changes nothing
-- history:
CREATE FUNCTION first_plan() RETURNS int STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
-- migration:
SELECT first_plan();
