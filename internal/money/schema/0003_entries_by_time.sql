-- An account's entries are read in the order of their times, which is not always the order in which they
-- were written: an entry carries its transfer's time, so that one index holds the order and the amounts.
ALTER TABLE money_entries ADD COLUMN at BIGINT NOT NULL DEFAULT 0;

UPDATE money_entries SET at = (SELECT t.at FROM money_transfers t WHERE t.id = money_entries.transfer_id);

CREATE INDEX money_entries_by_time ON money_entries (account_id, effective, at, transfer_id, amount);

DROP INDEX money_entries_account;
