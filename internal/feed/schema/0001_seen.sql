CREATE TABLE feed_seen (
  user_id TEXT NOT NULL,
  post_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (user_id, post_id)
);

CREATE INDEX feed_seen_by_user ON feed_seen (user_id, at);

CREATE INDEX feed_seen_by_time ON feed_seen (at);
