-- Units ever counted in: an order moves units between available, held and sold, and never changes their sum.
ALTER TABLE shop_skus ADD COLUMN stocked BIGINT NOT NULL DEFAULT 0;
UPDATE shop_skus SET stocked = available + held + sold;
