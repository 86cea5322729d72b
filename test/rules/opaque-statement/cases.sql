-- Statements whose doing is not in the SQL.

-- bad: a DO block
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
DO $$
-- ^ reported
BEGIN
  EXECUTE 'DROP TABLE users';
END $$;

-- bad: a function and a procedure that write
-- history:
CREATE SCHEMA "Ops";
CREATE FUNCTION "Ops"."Clean up"() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
CREATE PROCEDURE 마감() LANGUAGE sql AS 'SELECT 1';
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
CREATE FUNCTION code_of(id bigint) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN id::text; END $$;
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

-- good: a function that is made, and not called
-- migration:
CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE users'; RETURN 1; END $$;
COMMENT ON FUNCTION one() IS 'DO $$ BEGIN END $$';

-- good: a function that says it changes nothing
-- history:
CREATE FUNCTION first_plan() RETURNS int STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
-- migration:
SELECT first_plan();
