BEGIN;

CREATE TABLE vouchers (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    company_id UUID NOT NULL REFERENCES companies(id) ON DELETE CASCADE,
    voucher_no VARCHAR(20) NOT NULL,
    voucher_date DATE NOT NULL,
    status VARCHAR(20) NOT NULL DEFAULT 'draft',
    created_by UUID REFERENCES users(id),
    approved_by UUID,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted_at TIMESTAMPTZ,
    CONSTRAINT vouchers_company_no_unique UNIQUE (company_id, voucher_no)
);

CREATE TABLE voucher_lines (
    id BIGSERIAL PRIMARY KEY,
    voucher_id UUID NOT NULL REFERENCES vouchers(id) ON DELETE CASCADE,
    account_code VARCHAR(10) NOT NULL,
    debit_amount NUMERIC(18, 2) NOT NULL DEFAULT 0,
    credit_amount NUMERIC(18, 2) NOT NULL DEFAULT 0
);

CREATE INDEX idx_vouchers_company_date ON vouchers (company_id, voucher_date DESC) WHERE deleted_at IS NULL;
CREATE INDEX idx_voucher_lines_voucher ON voucher_lines (voucher_id);

COMMENT ON TABLE vouchers IS '전표 테이블';
COMMENT ON COLUMN vouchers.status IS '상태: draft(작성중), pending(승인대기), approved(승인), rejected(반려)';

COMMIT;
