-- 사용자별 감사 로그 화면
CREATE INDEX idx_audit_logs_user_id ON audit_logs (user_id);

-- 한 번도 쓰이지 않은 컬럼
ALTER TABLE audit_logs DROP COLUMN metadata;
