CREATE TABLE money_payments (
  id TEXT PRIMARY KEY,
  idem TEXT NOT NULL UNIQUE,
  order_id TEXT NOT NULL,
  owner TEXT NOT NULL,
  shop_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  subject TEXT NOT NULL,
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  state TEXT NOT NULL,
  accepted BIGINT NOT NULL,
  received BIGINT NOT NULL,
  refund_reserved BIGINT NOT NULL,
  refunded BIGINT NOT NULL,
  settled_total BIGINT NOT NULL,
  settled_fee BIGINT NOT NULL,
  provider_ref TEXT NOT NULL,
  fail_code TEXT NOT NULL,
  polls BIGINT NOT NULL,
  next_poll_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  paid_at BIGINT NOT NULL
);

CREATE INDEX money_payments_order ON money_payments (order_id);

CREATE UNIQUE INDEX money_payments_one_accepted ON money_payments (order_id) WHERE accepted = 1;

CREATE INDEX money_payments_poll ON money_payments (next_poll_at) WHERE next_poll_at > 0;

CREATE TABLE money_refunds (
  id TEXT PRIMARY KEY,
  idem TEXT NOT NULL UNIQUE,
  payment_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  shop_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  counts BIGINT NOT NULL,
  from_merchant BIGINT NOT NULL,
  from_fee BIGINT NOT NULL,
  state TEXT NOT NULL,
  fail_code TEXT NOT NULL,
  tries BIGINT NOT NULL,
  next_try_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL
);

CREATE INDEX money_refunds_payment ON money_refunds (payment_id);

CREATE INDEX money_refunds_shop ON money_refunds (shop_id, state);

CREATE INDEX money_refunds_try ON money_refunds (next_try_at) WHERE next_try_at > 0;

CREATE TABLE money_provider_events (
  id TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  status TEXT NOT NULL,
  amount BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  seen BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL
);

CREATE INDEX money_provider_events_subject ON money_provider_events (subject_id);

CREATE INDEX money_payments_shop ON money_payments (shop_id, created_at);
