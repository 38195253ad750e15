CREATE TABLE lease_holders (
	name  TEXT PRIMARY KEY,
	owner TEXT NOT NULL,
	epoch BIGINT NOT NULL,
	until BIGINT NOT NULL
);
CREATE INDEX lease_holders_owner ON lease_holders (owner);
