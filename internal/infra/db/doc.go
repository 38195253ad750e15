// Package db is the store: one SQL text, two engines (SQLite embedded, PostgreSQL scaled out).
//
// Nouns: DB (an opened database), Tx (a unit of work carried in ctx), Loader (single rows read
// together for a crowd), migration (one numbered schema file of one domain, recorded in db_migrations).
//
// Invariants:
//   - Tx joins the transaction its ctx already carries, so a domain calls another inside its own
//     unit of work and both commit together. Only the outermost Tx commits, and only it retries
//     (40001, 40P01), so fn must be repeatable: it may change nothing but the database.
//   - A failed statement, and an error returned by a joined Tx, dooms the whole transaction on both
//     engines (PostgreSQL does so by itself). Swallowing the error does not save it: the outermost
//     Tx rolls back and returns that first error. So nothing half done is ever committed. To go on
//     after a refusal, ask before writing (ON CONFLICT DO NOTHING and the row count).
//   - Inside a Tx every call with its ctx uses the transaction's own connection. A call with the
//     outer ctx would wait for a connection that this goroutine holds; such a wait ends with an
//     error after 30 s instead of hanging.
//   - SQLite: one write connection (WAL, synchronous=FULL, BEGIN IMMEDIATE), a few query_only
//     readers, and one that copies the log into the database beside them (checkpointer). Whatever Tx
//     returned nil for has been fsynced, in the log. PostgreSQL runs READ COMMITTED: a
//     decision read earlier in the transaction is not protected, so guards stand in the UPDATE's
//     WHERE, where both engines evaluate them on the newest row.
//   - A Loader remembers nothing: a caller gets what a statement read that began after its call, so
//     whatever was committed before, on any node, is seen.
//   - Snapshot is a read-only Tx that sees one instant of every table, beside a writing server and
//     from another process: backups read through it. It keeps the WAL (SQLite) or dead rows
//     (PostgreSQL) from being reclaimed while it lasts.
//   - A failure of the database itself (away, stopping, disk full) is errs.Busy with a time to wait; the
//     cause stays inside for the log.
//   - Inside a Tx read all rows (List, Get) before the next statement: PostgreSQL has one
//     conversation per connection.
//
// SQL rules, kept by archtest and by running every store test on both engines: placeholders first
// appear in ascending order; ids TEXT; money BIGINT minor units; time BIGINT unix ms; booleans
// BIGINT 0/1; JSON opaque TEXT passed as string; no FOR UPDATE, no data-modifying CTE;
// CAST(sum(x) AS BIGINT); INSERT ... SELECT ... WHERE true ON CONFLICT; multi-row inserts of at
// most MaxRows rows, keys merged before.
package db
