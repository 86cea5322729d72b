DROP INDEX CONCURRENTLY IF EXISTS idx_vouchers_reference;
