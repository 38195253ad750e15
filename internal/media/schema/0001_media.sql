CREATE TABLE media_assets (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('video', 'image')),
  state TEXT NOT NULL CHECK (state IN ('uploading', 'ready', 'refused')),
  code TEXT NOT NULL,
  blob_key TEXT NOT NULL,
  content_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  codecs TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX media_assets_by_owner ON media_assets (owner, created_at);

CREATE TABLE media_uploads (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  length BIGINT NOT NULL,
  received BIGINT NOT NULL,
  filename TEXT NOT NULL,
  mime TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE INDEX media_uploads_by_expiry ON media_uploads (expires_at);

CREATE TABLE media_ingests (
  channel_id TEXT PRIMARY KEY,
  key_hash TEXT NOT NULL UNIQUE,
  key_hint TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL,
  error_code TEXT NOT NULL,
  error_detail TEXT NOT NULL,
  error_at BIGINT NOT NULL
);

CREATE TABLE media_tokens (
  token_hash TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE INDEX media_tokens_by_expiry ON media_tokens (expires_at);

CREATE TABLE media_recordings (
  id TEXT PRIMARY KEY,
  channel_id TEXT NOT NULL,
  session TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('recording', 'ended')),
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL
);

CREATE INDEX media_recordings_by_state ON media_recordings (state);

CREATE TABLE media_segments (
  recording_id TEXT NOT NULL REFERENCES media_recordings (id),
  seq BIGINT NOT NULL,
  init_n BIGINT NOT NULL,
  duration_us BIGINT NOT NULL,
  at BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  discontinuity BIGINT NOT NULL,
  PRIMARY KEY (recording_id, seq)
);
