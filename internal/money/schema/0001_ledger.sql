CREATE TABLE money_accounts (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  kind TEXT NOT NULL,
  unit TEXT NOT NULL,
  posted BIGINT NOT NULL,
  held BIGINT NOT NULL,
  floor BIGINT NOT NULL
);

CREATE INDEX money_accounts_owner ON money_accounts (owner);

CREATE TABLE money_transfers (
  id TEXT PRIMARY KEY,
  idem TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL,
  kind TEXT NOT NULL,
  ref TEXT NOT NULL,
  phase TEXT NOT NULL,
  of_idem TEXT UNIQUE,
  at BIGINT NOT NULL
);

CREATE INDEX money_transfers_ref ON money_transfers (ref);

CREATE TABLE money_entries (
  transfer_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  account_id TEXT NOT NULL,
  amount BIGINT NOT NULL,
  balance BIGINT NOT NULL,
  effective BIGINT NOT NULL,
  PRIMARY KEY (transfer_id, seq)
);

CREATE INDEX money_entries_account ON money_entries (account_id, effective, transfer_id);
