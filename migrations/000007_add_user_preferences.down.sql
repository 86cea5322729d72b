ALTER TABLE users
    DROP COLUMN IF EXISTS invite_code,
    DROP COLUMN IF EXISTS preferences;
