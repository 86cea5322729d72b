-- What PostgreSQL's parser refuses.

-- bad: a comma too many
-- migration:
CREATE TABLE users (
  id bigint PRIMARY KEY,
  email text,
);
-- ^ reported

-- bad: a word of another database
-- migration:
CREATE TABLE users (id bigint PRIMARY KEY AUTO_INCREMENT, email text);
-- ^ reported at column 43

-- bad: the other statements are read all the same, behind Korean and an emoji
-- history:
CREATE TABLE 전표 (번호 bigint);
-- migration:
COMMENT ON TABLE 전표 IS '전표 🙂';
/* 🙂 */ ALTER TABEL 전표 ADD COLUMN 비고 text;
-- ^ reported at column 16
ALTER TABLE 전표 ADD COLUMN 금액 numeric;

-- bad: a string that is not closed
-- migration:
SELECT 1;
COMMENT ON SCHEMA public IS 'it's here;
-- ^ reported at column 33
SELECT 2;

-- bad: nothing more where something should follow
-- layout: plain
-- migration:
SELECT 1 +
;
-- ^ reported

-- bad: in the way back
-- migration:
CREATE TABLE users (id bigint);
-- down:
DROP TABLE IF EXIST users;
-- ^ reported at column 15

-- bad: a placeholder that another program was to fill in
-- migration:
CREATE TABLE {{ .Schema }}.users (id bigint PRIMARY KEY);
-- ^ reported at column 14

-- good: odd, but SQL
-- migration:
;;
SELECT $x$ it's; -- $x$, E'it\'s', U&'\0041' /* /* nested ; */ */;
CREATE TABLE "SELECT ; FROM" ("--" int, "/*" int)

-- good: a function body with its own language
-- migration:
CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $body$
BEGIN
  RETURN 1; -- AUTO_INCREMENT
END
$body$;
CREATE FUNCTION two() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;
