// Package identity knows who somebody is and what they may touch.
//
// Nouns: User (an account), Session (one signed-in browser), Browser (where one is opened), Member (a user's role in a scope: a channel
// or a shop), Actor (who a request acts for).
// Tables: identity_users, identity_sessions, identity_members.
// Invariants: a password is kept only as argon2id; a session token only as SHA-256; a suspended user has
// no live session; every scope has at least one owner; rights are denied unless a row grants them.
// Guessing is slow: failures are counted per name, per address and per pair, alike for names that do not
// exist, and before the password is looked at. New accounts are counted per address too. Hashing is bounded:
// a login storm waits in a short queue and is then refused with "busy", so that it
// can never starve media or orders. Requests of one moment share the read of their sessions (db.Loader: nothing
// is remembered, so that an ended session is ended on every node at once) and the commit that notes their use.
// Events out: identity.user_signed_up, identity.user_suspended. Events in: none.
package identity
