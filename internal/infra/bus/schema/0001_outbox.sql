-- seq is NULL until the dispatcher has sequenced the row.
CREATE TABLE bus_outbox (
	id      TEXT PRIMARY KEY,
	subject TEXT NOT NULL,
	payload TEXT NOT NULL,
	at      BIGINT NOT NULL,
	seq     BIGINT
);
CREATE UNIQUE INDEX bus_outbox_seq ON bus_outbox (seq);
CREATE INDEX bus_outbox_new ON bus_outbox (id) WHERE seq IS NULL;
-- The last number given; it outlives the rows, which are trimmed.
CREATE TABLE bus_head (
	id  BIGINT PRIMARY KEY CHECK (id = 1),
	seq BIGINT NOT NULL
);
INSERT INTO bus_head (id, seq) VALUES (1, 0);
CREATE TABLE bus_cursors (
	consumer TEXT PRIMARY KEY,
	seq      BIGINT NOT NULL,
	at       BIGINT NOT NULL
);
CREATE TABLE bus_parked (
	consumer  TEXT NOT NULL,
	event_id  TEXT NOT NULL,
	subject   TEXT NOT NULL,
	payload   TEXT NOT NULL,
	at        BIGINT NOT NULL,
	seq       BIGINT NOT NULL,
	error     TEXT NOT NULL,
	parked_at BIGINT NOT NULL,
	PRIMARY KEY (consumer, event_id)
);
