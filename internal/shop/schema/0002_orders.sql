CREATE TABLE shop_quotes (
  id TEXT PRIMARY KEY,
  buyer_id TEXT NOT NULL,
  lines TEXT NOT NULL,
  total BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE INDEX shop_quotes_expiry ON shop_quotes (expires_at);

CREATE TABLE shop_orders (
  id TEXT PRIMARY KEY,
  idem TEXT NOT NULL UNIQUE,
  idem_body TEXT NOT NULL,
  number TEXT NOT NULL UNIQUE,
  shop_id TEXT NOT NULL,
  buyer_id TEXT NOT NULL,
  buyer_name TEXT NOT NULL,
  state TEXT NOT NULL,
  refund_state TEXT NOT NULL,
  refund_id TEXT NOT NULL,
  address TEXT NOT NULL,
  note TEXT NOT NULL,
  room_id TEXT NOT NULL,
  post_id TEXT NOT NULL,
  goods BIGINT NOT NULL,
  freight BIGINT NOT NULL,
  discount BIGINT NOT NULL,
  total BIGINT NOT NULL,
  fee_bps BIGINT NOT NULL,
  payment_id TEXT NOT NULL,
  carrier TEXT NOT NULL,
  tracking_no TEXT NOT NULL,
  closed_reason TEXT NOT NULL,
  hold_until BIGINT NOT NULL,
  receive_by BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  paid_at BIGINT NOT NULL,
  shipped_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  settled_at BIGINT NOT NULL
);

CREATE INDEX shop_orders_buyer ON shop_orders (buyer_id, id);

CREATE INDEX shop_orders_shop ON shop_orders (shop_id, state, id);

CREATE INDEX shop_orders_unpaid ON shop_orders (buyer_id) WHERE state = 'unpaid';

CREATE INDEX shop_orders_hold ON shop_orders (hold_until) WHERE state = 'unpaid';

CREATE INDEX shop_orders_receive ON shop_orders (receive_by) WHERE state = 'shipped';

CREATE INDEX shop_orders_room ON shop_orders (room_id) WHERE room_id <> '';

CREATE INDEX shop_orders_paid ON shop_orders (shop_id, paid_at);

CREATE INDEX shop_orders_waybill ON shop_orders (shop_id, tracking_no) WHERE tracking_no <> '';

CREATE TABLE shop_order_lines (
  id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  sku_id TEXT NOT NULL,
  title TEXT NOT NULL,
  label TEXT NOT NULL,
  image TEXT NOT NULL,
  price BIGINT NOT NULL,
  quantity BIGINT NOT NULL
);

CREATE INDEX shop_order_lines_order ON shop_order_lines (order_id, id);

CREATE INDEX shop_order_lines_sku ON shop_order_lines (sku_id);

CREATE TABLE shop_order_log (
  id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  code TEXT NOT NULL,
  params TEXT NOT NULL
);

CREATE INDEX shop_order_log_order ON shop_order_log (order_id, id);

CREATE TABLE shop_refunds (
  id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL,
  shop_id TEXT NOT NULL,
  buyer_id TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  reply TEXT NOT NULL,
  proofs TEXT NOT NULL,
  amount BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE INDEX shop_refunds_order ON shop_refunds (order_id, id);

CREATE INDEX shop_refunds_shop ON shop_refunds (shop_id, state);

CREATE TABLE shop_bought (
  buyer_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  quantity BIGINT NOT NULL CHECK (quantity >= 0),
  PRIMARY KEY (buyer_id, product_id)
);
