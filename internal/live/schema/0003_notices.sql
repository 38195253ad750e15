CREATE TABLE live_notices (
  id TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL,
  title TEXT NOT NULL,
  cover TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'live', 'done', 'cancelled', 'missed')),
  room_id TEXT NOT NULL,
  reserved BIGINT NOT NULL CHECK (reserved >= 0),
  moves BIGINT NOT NULL,
  soon_turn BIGINT NOT NULL,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX live_notices_one_per_room ON live_notices (room_id) WHERE room_id <> '';

CREATE INDEX live_notices_by_channel ON live_notices (channel_id, state, starts_at);

CREATE TABLE live_notice_channels (
  channel_id TEXT PRIMARY KEY,
  posted BIGINT NOT NULL
);

CREATE TABLE live_notice_products (
  notice_id TEXT NOT NULL REFERENCES live_notices (id),
  product_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (notice_id, product_id)
);

CREATE TABLE live_reservations (
  notice_id TEXT NOT NULL REFERENCES live_notices (id),
  user_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (notice_id, user_id)
);

CREATE INDEX live_reservations_by_user ON live_reservations (user_id, at);

CREATE TABLE live_reminders (
  user_id TEXT NOT NULL,
  notice_id TEXT NOT NULL REFERENCES live_notices (id),
  kind TEXT NOT NULL CHECK (kind IN ('soon', 'started', 'cancelled', 'moved')),
  turn BIGINT NOT NULL,
  at BIGINT NOT NULL,
  read_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, notice_id, kind, turn)
);

CREATE INDEX live_reminders_by_time ON live_reminders (at);
