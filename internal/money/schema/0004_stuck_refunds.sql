-- What waits for an operator is listed, counted and scraped often, and is almost always nothing.
CREATE INDEX money_refunds_stuck ON money_refunds (id) WHERE state = 'stuck';
