-- Files of the base branch that have another name now.

-- bad: another version runs the same SQL again
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000002_create_users.up.sql
-- reported
CREATE TABLE users (id bigint);

-- bad: the same version under another name
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_사용자.up.sql
-- reported
CREATE TABLE users (id bigint);

-- good: the copy of a file that is still there is a migration of its own
-- base: 000001_empty.up.sql
SELECT 1;
-- file: 000001_empty.up.sql
SELECT 1;
-- file: 000002_empty.up.sql
SELECT 1;

-- good: a file that is no migration
-- base: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- base: notes.txt
Nothing.
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 메모.txt
Nothing.
