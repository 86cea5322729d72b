-- 컬럼 추가 (NULL 허용, 기본값 없음)
ALTER TABLE vouchers
    ADD COLUMN reference_no VARCHAR(50),
    ADD COLUMN reference_type VARCHAR(20);

-- 계열사 코드가 앞에 붙으면서 전표 번호가 길어짐
ALTER TABLE vouchers ALTER COLUMN voucher_no TYPE VARCHAR(40);

COMMENT ON COLUMN vouchers.reference_no IS '참조 문서 번호';
COMMENT ON COLUMN vouchers.reference_type IS '참조 유형: invoice(세금계산서), order(주문서), contract(계약서)';
