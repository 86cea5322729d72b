-- Rights for everybody, and roles that pass every right.

-- bad: to PUBLIC
-- history:
CREATE TABLE salaries (id bigint PRIMARY KEY, amount numeric);
-- migration:
GRANT SELECT, UPDATE (amount) ON salaries TO PUBLIC;
-- ^ reported

-- bad: also what is made later
-- history:
CREATE SCHEMA "Sales";
-- migration:
ALTER DEFAULT PRIVILEGES IN SCHEMA "Sales" GRANT INSERT ON TABLES TO public;
-- ^ reported
GRANT USAGE ON SCHEMA "Sales" TO PUBLIC;
-- ^ reported

-- bad: a superuser, one that passes row security, and one that runs programs
-- migration:
CREATE ROLE lockkeeper_case_admin SUPERUSER CREATEROLE;
-- ^ reported
CREATE ROLE lockkeeper_case_app NOSUPERUSER LOGIN;
ALTER ROLE lockkeeper_case_app BYPASSRLS;
-- ^ reported
GRANT pg_execute_server_program TO lockkeeper_case_app WITH ADMIN OPTION;
-- ^ reported
DROP ROLE lockkeeper_case_admin, lockkeeper_case_app;

-- good: to a role
-- history:
CREATE TABLE 급여 (번호 bigint PRIMARY KEY);
-- migration:
CREATE ROLE lockkeeper_case_payroll NOLOGIN NOSUPERUSER;
GRANT SELECT ON 급여 TO lockkeeper_case_payroll;
GRANT pg_monitor TO lockkeeper_case_payroll;
REVOKE SELECT ON 급여 FROM lockkeeper_case_payroll;
DROP ROLE lockkeeper_case_payroll;

-- good: taken from PUBLIC
-- history:
CREATE TABLE salaries (id bigint PRIMARY KEY);
CREATE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- migration:
REVOKE ALL ON salaries FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION total() FROM PUBLIC;
