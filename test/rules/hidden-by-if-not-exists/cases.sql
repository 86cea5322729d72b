-- IF NOT EXISTS that passes over something else.

-- bad: the table is there, and has another column
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, mail text);
-- migration:
CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY, email varchar(255) NOT NULL);
-- ^ reported

-- bad: other types, and a key that is missing
-- history:
CREATE SCHEMA "Sales";
CREATE TABLE "Sales"."Orders" ("Id" int, state varchar(20), note text);
-- migration:
CREATE TABLE IF NOT EXISTS "Sales"."Orders" ("Id" bigint PRIMARY KEY, state varchar(40));
-- ^ reported

-- bad: an index of this name is another one
-- history:
CREATE TABLE 고객 (번호 bigint PRIMARY KEY, 이름 text, 전화 text);
CREATE INDEX 고객_찾기 ON 고객 (이름);
-- migration:
CREATE UNIQUE INDEX IF NOT EXISTS 고객_찾기 ON 고객 (전화);
-- ^ reported

-- bad: a column of this name has another type
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, born text);
-- migration:
ALTER TABLE users
  ADD COLUMN IF NOT EXISTS phone text,
  ADD COLUMN IF NOT EXISTS born date;
-- ^ reported

-- good: the same again
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, born timestamp with time zone);
CREATE INDEX users_born ON users (born);
-- migration:
CREATE TABLE IF NOT EXISTS users (id int8, email varchar(255) NOT NULL, born timestamptz, PRIMARY KEY (id), UNIQUE (email));
CREATE INDEX IF NOT EXISTS users_born ON public.users (born);
ALTER TABLE users ADD COLUMN IF NOT EXISTS born timestamptz;

-- good: the table has grown since
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
ALTER TABLE users ADD COLUMN email text;
-- migration:
CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY);

-- good: nothing of the name is there
-- history:
CREATE TABLE users (id bigint PRIMARY KEY);
-- migration:
CREATE TABLE IF NOT EXISTS "Users" (id uuid PRIMARY KEY);
ALTER TABLE users ADD COLUMN IF NOT EXISTS email text;
CREATE INDEX IF NOT EXISTS users_email ON users (email);
