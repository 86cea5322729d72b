ALTER TABLE audit_logs ADD COLUMN metadata JSONB;

DROP INDEX IF EXISTS idx_audit_logs_user_id;
