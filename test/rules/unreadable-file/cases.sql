-- Files of which nothing can be read.

-- bad: UTF-16, as some editors save
-- file: 000001_create_users.up.sql, as UTF-16
-- reported
CREATE TABLE users (id bigint);

-- bad: Korean in an encoding of its own
-- file: 000001_create_users.up.sql, as EUC-KR
-- reported
CREATE TABLE users (id bigint);

-- bad: a NUL byte
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000001_create_users.down.sql, with a NUL byte
-- reported
DROP TABLE users;

-- bad: no file at all
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: 000002_add_email.up.sql, a directory
-- reported
-- file: 000003_passwords.up.sql, a link out of the directory
-- reported

-- good: UTF-8 in any language, with a byte order mark or not
-- file: 000001_create_users.up.sql
CREATE TABLE 사용자 (번호 bigint); -- 🙂
-- file: 000002_add_email.up.sql, with a byte order mark
ALTER TABLE 사용자 ADD COLUMN 이메일 text;

-- good: a directory that is no SQL file
-- file: 000001_create_users.up.sql
CREATE TABLE users (id bigint);
-- file: archive, a directory
