// Package sandbox is a simulated payment provider: a small bank with its own books and an adapter
// that speaks to it like to any other, by signed HTTP requests and signed notifies.
//
// Nouns: the Bank is the far side; it keeps charges, refunds and outgoing notifies in
// money_sandbox_* tables and pays a charge by itself after a short delay, as if the buyer had
// confirmed in an app. The Provider is the near side, a money.Provider. Faults are switches that
// make the next charges behave badly: late, twice, never, out of order, with another amount, or with
// refunds that fail at first.
//
// Both sides share a secret. A request carries Sandbox-Timestamp and Sandbox-Signature, the hex
// HMAC-SHA256 of timestamp, method, path and body; anything else is refused.
//
// No money moves. New refuses to work unless the deployment asks for it, and every payment through
// it is marked as sandbox.
package sandbox
