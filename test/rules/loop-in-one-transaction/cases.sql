-- Loops that work in batches, and keep them all in one transaction.

-- bad: a DO block is one transaction
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, plan text);
INSERT INTO users SELECT generate_series(1, 30);
-- migration:
DO $$
BEGIN
  LOOP
    UPDATE users SET plan = 'free' WHERE id IN (SELECT id FROM users WHERE plan IS NULL LIMIT 10);
-- ^ reported
    EXIT WHEN NOT FOUND;
  END LOOP;
END $$;

-- bad: waiting between the batches does not change it
-- layout: plain
-- history:
CREATE TABLE 로그 (번호 bigint PRIMARY KEY, 시각 timestamptz);
INSERT INTO 로그 SELECT generate_series(1, 30), '2020-01-01';
-- migration:
DO $body$
DECLARE
  처음 bigint := 0;
BEGIN
  WHILE 처음 < 100 LOOP
    DELETE FROM 로그 WHERE 번호 >= 처음 AND 번호 < 처음 + 10;
-- ^ reported
    처음 := 처음 + 10;
    PERFORM pg_sleep(0.001);
  END LOOP;
END $body$;

-- bad: a function that the migrations made, row after row
-- history:
CREATE TABLE "Orders" ("Id" bigint PRIMARY KEY, state text);
CREATE FUNCTION fill_states() RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
  FOR one IN SELECT "Id" FROM "Orders" LOOP
    UPDATE "Orders" SET state = 'new' WHERE "Id" = one."Id";
  END LOOP;
END $$;
-- migration:
SELECT fill_states();
-- ^ reported
COMMENT ON TABLE "Orders" IS 'Each with its state';

-- good: each turn commits, outside a transaction
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, plan text);
INSERT INTO users SELECT generate_series(1, 30);
-- migration:
DO $$
BEGIN
  LOOP
    UPDATE users SET plan = 'free' WHERE id IN (SELECT id FROM users WHERE plan IS NULL LIMIT 10);
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;

-- good: a loop over a table that the same file makes
-- migration:
CREATE TABLE days (day date PRIMARY KEY);
DO $$
BEGIN
  FOR n IN 1..31 LOOP
    INSERT INTO days VALUES ('2025-12-31'::date + n);
  END LOOP;
END $$;

-- good: a block without a loop
-- history:
CREATE TABLE users (id bigint PRIMARY KEY, plan text);
-- migration:
DO $$
BEGIN
  UPDATE users SET plan = 'free' WHERE plan IS NULL;
END $$;
