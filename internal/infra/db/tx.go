package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// maxAttempts bounds the retry of a transaction that lost to another one. Each loser waits
	// longer, so eight are only used up by a transaction that fights its own design.
	maxAttempts = 8
	firstWait   = 2 * time.Millisecond
	longestWait = 200 * time.Millisecond
	// connWait is longer than any transaction may take; whoever waits longer waits for itself.
	connWait = 30 * time.Second
)

// ErrEnded is returned when the ctx of a finished transaction is used, for example by a goroutine
// that outlived it.
var ErrEnded = errors.New("db: this ctx belongs to a transaction that has ended")

var errBroken = errors.New("db: a joined step panicked or left its goroutine")

// Tx runs fn in a transaction: the one ctx already carries, or a new one that commits when fn
// returns nil and rolls back when it returns an error or panics. A new one is tried again, up to
// 8 times, when the database asks for it (40001, 40P01): fn must be repeatable and must not call
// the network. An error returned by a joined Tx dooms the outermost one.
func (d *DB) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if st := d.tx(ctx); st != nil {
		return st.join(ctx, fn)
	}
	wait := firstWait
	for attempt := 1; ; attempt++ {
		again, err := d.once(ctx, fn)
		if err == nil || !again || attempt == maxAttempts {
			return honest(err)
		}
		if !sleep(ctx, wait/2+rand.N(wait)) {
			return honest(err)
		}
		wait = min(wait*2, longestWait)
	}
}

// InTx reports whether ctx carries an open transaction of d.
func (d *DB) InTx(ctx context.Context) bool {
	st := d.tx(ctx)
	if st == nil {
		return false
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	return !st.ended
}

// AfterCommit runs fn once the outermost transaction has committed, in the order of the calls, and
// never when it rolls back. Outside a transaction it runs at once. fn must not use the
// transaction's ctx for database calls.
func AfterCommit(ctx context.Context, fn func()) {
	st, _ := ctx.Value(txKey{}).(*txState)
	if st == nil || !st.deferred(fn) {
		fn()
	}
}

func (d *DB) once(ctx context.Context, fn func(ctx context.Context) error) (again bool, err error) {
	conn, err := d.eng.begin(ctx)
	if err != nil {
		// A pooled connection that broke while it was idle is found out here; nothing was sent yet.
		return isRetry(err) || pgconn.SafeToRetry(err), fmt.Errorf("begin: %w", err)
	}
	outer, _ := ctx.Value(txKey{}).(*txState)
	st := &txState{db: d, conn: conn, outer: outer}
	open := true
	defer func() { // also when fn panics or ends its goroutine
		if open {
			st.end(false)
			conn.rollback()
		}
	}()
	err = fn(context.WithValue(ctx, txKey{}, st))
	if first := st.cause(); first != nil {
		again = isRetry(first)
		if err == nil {
			err = fmt.Errorf("a step of the transaction failed and its error was not returned: %w", first)
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return again || isRetry(err), err
	}
	open = false
	if err := conn.commit(ctx); err != nil {
		st.end(false)
		return isRetry(err), fmt.Errorf("commit: %w", err)
	}
	for _, after := range st.end(true) {
		after()
	}
	return false, nil
}

type txKey struct{}

// txState is a transaction under way. Its connection is used by one goroutine; the lock only
// guards the fields against a goroutine that wrongly outlives fn.
type txState struct {
	db    *DB
	conn  txConn
	outer *txState // of another DB

	mu        sync.Mutex
	first     error // the first failure: what dooms the transaction
	ended     bool
	committed bool
	after     []func()
}

// tx finds the transaction of this database in ctx, nil when there is none.
func (d *DB) tx(ctx context.Context) *txState {
	st, _ := ctx.Value(txKey{}).(*txState)
	for st != nil && st.db != d {
		st = st.outer
	}
	return st
}

func (st *txState) join(ctx context.Context, fn func(ctx context.Context) error) error {
	if err := st.usable(); err != nil {
		return err
	}
	err := errBroken
	defer func() { st.doom(err) }()
	err = fn(ctx)
	return err
}

func (st *txState) usable() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.ended {
		return ErrEnded
	}
	if st.first != nil {
		return fmt.Errorf("an earlier step of the transaction failed: %w", st.first)
	}
	return nil
}

func (st *txState) doom(err error) {
	if st == nil || err == nil {
		return
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.first == nil {
		st.first = err
	}
}

func (st *txState) cause() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.first
}

// deferred keeps fn for the commit; it reports false when the commit has been already.
func (st *txState) deferred(fn func()) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.ended {
		return !st.committed
	}
	st.after = append(st.after, fn)
	return true
}

func (st *txState) end(committed bool) []func() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.ended, st.committed = true, committed
	return st.after
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
