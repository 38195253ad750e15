CREATE TABLE demo_things (
  key TEXT PRIMARY KEY,
  id TEXT NOT NULL
);
