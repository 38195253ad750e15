-- Which node runs the request: after a restart it gives up what was cut off in its last life.
ALTER TABLE server_idempotency ADD COLUMN node TEXT NOT NULL DEFAULT '';
