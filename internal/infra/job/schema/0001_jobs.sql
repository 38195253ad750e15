-- lease_until is 0 while nobody works on the row; asked counts the Enqueue calls that met it.
CREATE TABLE job_jobs (
	id          TEXT PRIMARY KEY,
	kind        TEXT NOT NULL,
	payload     TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('ready', 'dead')),
	unique_key  TEXT,
	asked       BIGINT NOT NULL,
	run_at      BIGINT NOT NULL,
	tries       BIGINT NOT NULL,
	owner       TEXT NOT NULL,
	lease_until BIGINT NOT NULL,
	error       TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	UNIQUE (kind, unique_key)
);
CREATE INDEX job_jobs_due ON job_jobs (kind, run_at) WHERE state = 'ready';
CREATE INDEX job_jobs_dead ON job_jobs (id) WHERE state = 'dead';
CREATE INDEX job_jobs_claimed ON job_jobs (owner) WHERE lease_until > 0;
CREATE TABLE job_timers (
	name        TEXT PRIMARY KEY,
	next_at     BIGINT NOT NULL,
	owner       TEXT NOT NULL,
	lease_until BIGINT NOT NULL
);
