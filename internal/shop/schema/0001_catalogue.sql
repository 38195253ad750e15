CREATE TABLE shop_shops (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  logo TEXT NOT NULL,
  channel_id TEXT NOT NULL,
  licence_no TEXT NOT NULL,
  announcement TEXT NOT NULL,
  state TEXT NOT NULL,
  fee_bps BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX shop_shops_channel ON shop_shops (channel_id) WHERE channel_id <> '';

CREATE TABLE shop_products (
  id TEXT PRIMARY KEY,
  shop_id TEXT NOT NULL,
  title TEXT NOT NULL,
  subtitle TEXT NOT NULL,
  description TEXT NOT NULL,
  category TEXT NOT NULL,
  images TEXT NOT NULL,
  options TEXT NOT NULL,
  price_min BIGINT NOT NULL,
  price_max BIGINT NOT NULL,
  list_price BIGINT NOT NULL,
  limit_per_buyer BIGINT NOT NULL,
  freight BIGINT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE INDEX shop_products_shop ON shop_products (shop_id, state, id);

CREATE TABLE shop_skus (
  id TEXT PRIMARY KEY,
  product_id TEXT NOT NULL,
  shop_id TEXT NOT NULL,
  pos BIGINT NOT NULL,
  specs TEXT NOT NULL,
  label TEXT NOT NULL,
  image TEXT NOT NULL,
  price BIGINT NOT NULL,
  list_price BIGINT NOT NULL,
  code TEXT NOT NULL,
  available BIGINT NOT NULL CHECK (available >= 0),
  held BIGINT NOT NULL CHECK (held >= 0),
  sold BIGINT NOT NULL CHECK (sold >= 0),
  removed BIGINT NOT NULL
);

CREATE INDEX shop_skus_product ON shop_skus (product_id, pos);

CREATE TABLE shop_addresses (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  region TEXT NOT NULL,
  detail TEXT NOT NULL,
  is_default BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX shop_addresses_user ON shop_addresses (user_id, id);

CREATE UNIQUE INDEX shop_addresses_one_default ON shop_addresses (user_id) WHERE is_default = 1;
