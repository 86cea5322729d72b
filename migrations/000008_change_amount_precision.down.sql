ALTER TABLE vouchers DROP CONSTRAINT IF EXISTS vouchers_approved_by_fkey;

ALTER TABLE voucher_lines
    ALTER COLUMN debit_amount TYPE NUMERIC(18, 2),
    ALTER COLUMN credit_amount TYPE NUMERIC(18, 2);
