// Package money moves money and remembers every move.
//
// Nouns: an Amount is minor units plus a currency. A payment is one try to collect an order's total
// through a provider; a refund gives part of it back. A provider event is what a provider told us, by
// notify, by poll or by the answer to a call. The ledger (money/ledger) is append-only double entry. What news
// does to a payment is decided by a pure core (money/payment); the guards in SQL repeat it.
//
// Tables: money_accounts, money_transfers, money_entries (ledger); money_payments, money_refunds,
// money_provider_events.
//
// Invariants, all checked by Audit:
//   - the entries of a transfer sum to zero per unit; transfers and entries are never changed;
//   - posted = sum of effective entries; posted - held >= floor; a hold is resolved at most once;
//   - an entry carries its transfer's time, by which an owner reads the entries and their running balance;
//   - refunds of a payment never exceed it; one accepted payment per order;
//   - escrow of an order = paid - refunded - settled; settled = merchant + fee exactly;
//   - an idempotency key has one answer; another body under the same key is refused.
//
// Every provider event goes through Service.Apply, which is idempotent: notify, poller and return
// page may tell the same news in any order and any number of times. The first payment of an order is a
// promise that the order's row holds; its own row is written by a job or by the first change. Provider calls are made by job
// rows and by the poller, never inside a transaction.
//
// Facts out: money.payment_paid, money.refund_done. Port up: Payee (the shop) knows promises and judges payments.
package money
