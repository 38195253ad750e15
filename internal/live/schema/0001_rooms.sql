CREATE TABLE live_rooms (
  id TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL,
  title TEXT NOT NULL,
  cover TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('prepared', 'live', 'reconnecting', 'ended', 'cancelled')),
  record BIGINT NOT NULL,
  demo BIGINT NOT NULL,
  session TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  explain_product TEXT NOT NULL,
  explain_at BIGINT NOT NULL,
  pin TEXT NOT NULL,
  likes BIGINT NOT NULL,
  comments BIGINT NOT NULL,
  entered BIGINT NOT NULL,
  online BIGINT NOT NULL,
  peak BIGINT NOT NULL,
  ended_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX live_rooms_one_on_air ON live_rooms (channel_id) WHERE state IN ('live', 'reconnecting');

CREATE INDEX live_rooms_by_channel ON live_rooms (channel_id, id);

CREATE INDEX live_rooms_by_state ON live_rooms (state, id);

CREATE TABLE live_recordings (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  recording_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (room_id, recording_id)
);

CREATE TABLE live_shelf (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  product_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (room_id, product_id)
);

CREATE TABLE live_explains (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  product_id TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  PRIMARY KEY (room_id, product_id, from_at)
);

CREATE TABLE live_ticks (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  epoch BIGINT NOT NULL,
  first_n BIGINT NOT NULL,
  last_n BIGINT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (room_id, epoch, first_n)
);

CREATE INDEX live_ticks_by_time ON live_ticks (room_id, to_at);

CREATE TABLE live_keyframes (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  epoch BIGINT NOT NULL,
  n BIGINT NOT NULL,
  at BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (room_id, epoch, n)
);

CREATE INDEX live_keyframes_by_time ON live_keyframes (room_id, at);

CREATE TABLE live_comments (
  id TEXT PRIMARY KEY,
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  user_id TEXT NOT NULL,
  body TEXT NOT NULL,
  removed BIGINT NOT NULL,
  at BIGINT NOT NULL
);

CREATE INDEX live_comments_by_room ON live_comments (room_id, id);

CREATE TABLE live_mutes (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  user_id TEXT NOT NULL,
  until BIGINT NOT NULL,
  by_user TEXT NOT NULL,
  PRIMARY KEY (room_id, user_id)
);

CREATE TABLE live_sales (
  room_id TEXT NOT NULL REFERENCES live_rooms (id),
  order_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  quantity BIGINT NOT NULL,
  total_minor BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (room_id, order_id, product_id)
);
