package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/hawker-live/hawker/internal/errs"
)

// IsUnique reports whether err is a broken UNIQUE or PRIMARY KEY constraint. Inside a Tx the
// transaction is doomed by then; prefer ON CONFLICT DO NOTHING.
func IsUnique(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == "23505"
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		return se.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || se.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}

// isRetry reports whether PostgreSQL asks for the whole transaction again: serialization failure
// or deadlock. SQLite never does: its one writer waits in begin.
func isRetry(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40001" || pe.Code == "40P01")
}

// awayAfterMS is how long a database needs to come back from a restart; storage may take longer, but the next
// try costs little.
const awayAfterMS = 2_000

// honest gives a failure of the database itself the kind a caller can act on: try again. What the statement did
// wrong stays what it is. After a failed commit nobody knows whether it happened, so a caller tries again with
// its idempotency key.
func honest(err error) error {
	switch {
	case err == nil, errs.CodeOf(err) != "":
		return err
	case isFull(err):
		return errs.New(errs.Busy, "storage_full", "the server's disk is full; try again later").After(awayAfterMS).Because(err)
	case isAway(err):
		return errs.New(errs.Busy, "database_away", "the database does not answer; try again in a moment").After(awayAfterMS).Because(err)
	}
	return err
}

// isFull: no room for the change. SQLite says so for the file itself, and as a failed write for its log.
func isFull(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code == "53100"
	}
	var se *sqlite.Error
	return errors.As(err, &se) && se.Code()&0xff == sqlite3.SQLITE_FULL
}

// isAway: the server is stopping, starting, out of connections or not to be reached (PostgreSQL's classes 08, 53
// and 57P), the connection broke, or the file cannot be read or written.
func isAway(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		class := pe.Code[:min(2, len(pe.Code))]
		return class == "08" || class == "53" || class == "58" || pe.Code == "57P01" || pe.Code == "57P02" || pe.Code == "57P03"
	}
	var se *sqlite.Error
	if errors.As(err, &se) {
		code := se.Code() & 0xff
		return code == sqlite3.SQLITE_IOERR || code == sqlite3.SQLITE_CANTOPEN || code == sqlite3.SQLITE_BUSY
	}
	var ce *pgconn.ConnectError
	var ne net.Error
	return errors.As(err, &ce) || pgconn.SafeToRetry(err) || errors.As(err, &ne) && !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errWaited)
}

// errWaited: no connection became free in connWait. The database stands still, or a Tx waits for itself.
var errWaited = errors.New("no connection became free")
