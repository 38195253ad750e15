CREATE TABLE identity_users (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  bio TEXT NOT NULL,
  avatar TEXT NOT NULL,
  locale TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'suspended')),
  suspended_reason TEXT NOT NULL,
  operator BIGINT NOT NULL,
  demo_role TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX identity_users_by_time ON identity_users (created_at, id);

CREATE TABLE identity_sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES identity_users (id),
  token_hash TEXT NOT NULL UNIQUE,
  user_agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE INDEX identity_sessions_by_user ON identity_sessions (user_id, created_at);

CREATE TABLE identity_members (
  scope_kind TEXT NOT NULL,
  scope_id TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES identity_users (id),
  role TEXT NOT NULL CHECK (role IN ('owner', 'moderator', 'staff')),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (scope_kind, scope_id, user_id)
);

CREATE INDEX identity_members_by_user ON identity_members (user_id, scope_kind);
