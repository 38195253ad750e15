CREATE TABLE shop_ship_runs (
	id TEXT PRIMARY KEY,
	shop_id TEXT NOT NULL,
	state TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL
);
CREATE INDEX shop_ship_runs_shop ON shop_ship_runs (shop_id, id);
CREATE UNIQUE INDEX shop_ship_runs_open ON shop_ship_runs (shop_id) WHERE state <> 'done';
CREATE TABLE shop_ship_rows (
	run_id TEXT NOT NULL,
	line BIGINT NOT NULL,
	order_id TEXT NOT NULL,
	carrier TEXT NOT NULL,
	tracking_no TEXT NOT NULL,
	state TEXT NOT NULL,
	code TEXT NOT NULL,
	warning TEXT NOT NULL,
	PRIMARY KEY (run_id, line)
);
CREATE INDEX shop_ship_rows_waiting ON shop_ship_rows (run_id, line) WHERE state = 'waiting';
