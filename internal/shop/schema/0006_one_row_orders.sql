-- An order of one line carries the line in its own row; orders of several lines keep theirs in
-- shop_order_lines. Readers ask for both. The first word of a timeline is the row's
-- created_at, so only what happened later is written to shop_order_log.
ALTER TABLE shop_orders ADD COLUMN line_product_id TEXT NOT NULL DEFAULT '';
ALTER TABLE shop_orders ADD COLUMN line_sku_id TEXT NOT NULL DEFAULT '';
ALTER TABLE shop_orders ADD COLUMN line_title TEXT NOT NULL DEFAULT '';
ALTER TABLE shop_orders ADD COLUMN line_label TEXT NOT NULL DEFAULT '';
ALTER TABLE shop_orders ADD COLUMN line_image TEXT NOT NULL DEFAULT '';
ALTER TABLE shop_orders ADD COLUMN line_price BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shop_orders ADD COLUMN line_quantity BIGINT NOT NULL DEFAULT 0;

-- The provider of the payment an order began with, when money has only been promised it.
ALTER TABLE shop_orders ADD COLUMN promised_provider TEXT NOT NULL DEFAULT '';

-- One index finds a person's orders, those of one state, and how many are open.
CREATE INDEX shop_orders_of_buyer ON shop_orders (buyer_id, state, id);
DROP INDEX shop_orders_buyer;
DROP INDEX shop_orders_unpaid;

-- An unpaid order has no place among the paid ones.
CREATE INDEX shop_orders_paid_at ON shop_orders (shop_id, paid_at) WHERE paid_at > 0;
DROP INDEX shop_orders_paid;
