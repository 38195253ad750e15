CREATE TABLE money_sandbox_charges (
  payment_id TEXT PRIMARY KEY,
  txn TEXT NOT NULL,
  amount BIGINT NOT NULL,
  collected BIGINT NOT NULL,
  currency TEXT NOT NULL,
  state TEXT NOT NULL,
  pay_at BIGINT NOT NULL,
  faults TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX money_sandbox_charges_due ON money_sandbox_charges (pay_at) WHERE state = 'open';

CREATE TABLE money_sandbox_refunds (
  refund_id TEXT PRIMARY KEY,
  payment_id TEXT NOT NULL,
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  state TEXT NOT NULL,
  tries BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX money_sandbox_refunds_payment ON money_sandbox_refunds (payment_id);

CREATE TABLE money_sandbox_notifies (
  id TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  tries BIGINT NOT NULL
);

CREATE INDEX money_sandbox_notifies_due ON money_sandbox_notifies (due_at);

CREATE TABLE money_sandbox_faults (
  id BIGINT PRIMARY KEY,
  switches TEXT NOT NULL
);
