CREATE TABLE channel_channels (
  id TEXT PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  bio TEXT NOT NULL,
  avatar TEXT NOT NULL,
  cover TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('personal', 'bluev', 'media')),
  owner_id TEXT NOT NULL,
  followers BIGINT NOT NULL,
  posts BIGINT NOT NULL,
  likes BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE channel_posts (
  id TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL REFERENCES channel_channels (id),
  kind TEXT NOT NULL CHECK (kind IN ('video', 'pictures')),
  body TEXT NOT NULL,
  assets TEXT NOT NULL,
  cover TEXT NOT NULL,
  product_id TEXT NOT NULL,
  tags TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('live', 'hidden', 'deleted')),
  hidden_reason TEXT NOT NULL,
  pinned_at BIGINT NOT NULL,
  likes BIGINT NOT NULL,
  comments BIGINT NOT NULL,
  saves BIGINT NOT NULL,
  shares BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX channel_posts_by_channel ON channel_posts (channel_id, id);

CREATE INDEX channel_posts_pinned ON channel_posts (channel_id, pinned_at) WHERE pinned_at > 0;

CREATE TABLE channel_tags (
  tag TEXT NOT NULL,
  post_id TEXT NOT NULL REFERENCES channel_posts (id),
  PRIMARY KEY (tag, post_id)
);

CREATE TABLE channel_comments (
  id TEXT PRIMARY KEY,
  post_id TEXT NOT NULL REFERENCES channel_posts (id),
  user_id TEXT NOT NULL,
  reply_to TEXT NOT NULL,
  body TEXT NOT NULL,
  likes BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('live', 'hidden', 'deleted')),
  created_at BIGINT NOT NULL
);

CREATE INDEX channel_comments_by_post ON channel_comments (post_id, id);

CREATE INDEX channel_comments_by_user ON channel_comments (user_id, id);

CREATE TABLE channel_likes (
  post_id TEXT NOT NULL REFERENCES channel_posts (id),
  user_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (post_id, user_id)
);

CREATE INDEX channel_likes_by_user ON channel_likes (user_id, at);

CREATE TABLE channel_saves (
  post_id TEXT NOT NULL REFERENCES channel_posts (id),
  user_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (post_id, user_id)
);

CREATE INDEX channel_saves_by_user ON channel_saves (user_id, at);

CREATE TABLE channel_comment_likes (
  comment_id TEXT NOT NULL REFERENCES channel_comments (id),
  user_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (comment_id, user_id)
);

CREATE TABLE channel_follows (
  channel_id TEXT NOT NULL REFERENCES channel_channels (id),
  user_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (channel_id, user_id)
);

CREATE INDEX channel_follows_by_user ON channel_follows (user_id, at);

CREATE INDEX channel_follows_by_time ON channel_follows (channel_id, at);
