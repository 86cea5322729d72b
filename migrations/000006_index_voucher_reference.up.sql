-- CONCURRENTLY는 트랜잭션 밖에서 실행해야 하므로 파일을 따로 둠
CREATE INDEX CONCURRENTLY idx_vouchers_reference
    ON vouchers (company_id, reference_type, reference_no)
    WHERE deleted_at IS NULL;
