ALTER TABLE vouchers ALTER COLUMN voucher_no TYPE VARCHAR(20);

ALTER TABLE vouchers
    DROP COLUMN IF EXISTS reference_no,
    DROP COLUMN IF EXISTS reference_type;
