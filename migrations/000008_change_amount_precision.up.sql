-- 금액 정밀도 변경: NUMERIC(18,2) → NUMERIC(20,4)
ALTER TABLE voucher_lines
    ALTER COLUMN debit_amount TYPE NUMERIC(20, 4),
    ALTER COLUMN credit_amount TYPE NUMERIC(20, 4);

ALTER TABLE vouchers
    ADD CONSTRAINT vouchers_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES users(id);
