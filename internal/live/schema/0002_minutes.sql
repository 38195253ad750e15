CREATE TABLE live_minutes (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  at BIGINT NOT NULL,
  peak BIGINT NOT NULL,
  enters BIGINT NOT NULL,
  likes BIGINT NOT NULL,
  comments BIGINT NOT NULL,
  follows BIGINT NOT NULL,
  openers BIGINT NOT NULL,
  watched_ms BIGINT NOT NULL,
  PRIMARY KEY (room_id, at)
);

CREATE TABLE live_opens (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  product_id TEXT NOT NULL,
  viewers BIGINT NOT NULL,
  PRIMARY KEY (room_id, product_id)
);

CREATE TABLE live_sources (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  source TEXT NOT NULL,
  viewers BIGINT NOT NULL,
  PRIMARY KEY (room_id, source)
);

CREATE TABLE live_marks (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  at BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pin', 'lost', 'back')),
  body TEXT NOT NULL,
  PRIMARY KEY (room_id, at, kind)
);

CREATE TABLE live_placed (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  order_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (room_id, order_id)
);

ALTER TABLE live_sales ADD COLUMN buyer_id TEXT NOT NULL DEFAULT '';

ALTER TABLE live_sales ADD COLUMN goods_minor BIGINT NOT NULL DEFAULT 0;

UPDATE live_sales SET goods_minor = total_minor;
