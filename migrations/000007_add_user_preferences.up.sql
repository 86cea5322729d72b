BEGIN;

-- 1단계: 컬럼 추가 (NULL 허용)
ALTER TABLE users ADD COLUMN preferences JSONB;

-- 2단계: 기존 행 채우기
UPDATE users SET preferences = '{}' WHERE preferences IS NULL;

-- 3단계: NOT NULL 제약 추가
ALTER TABLE users ALTER COLUMN preferences SET NOT NULL;

-- 초대 링크에 쓰는 코드
ALTER TABLE users ADD COLUMN invite_code UUID NOT NULL DEFAULT gen_random_uuid();

COMMIT;
