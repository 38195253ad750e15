CREATE INDEX shop_orders_refund ON shop_orders (shop_id, refund_state, refund_id) WHERE refund_id <> '';
