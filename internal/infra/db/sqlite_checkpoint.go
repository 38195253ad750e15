package db

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// checkpointPause lets commits gather: a page written by ten of them is copied once.
	checkpointPause = 50 * time.Millisecond
	// checkpointFrames is how many pages the log may be ahead of the database before they are copied, 4 MB.
	checkpointFrames = 1_000
	// walFrames is when the writer is held up for what is left to copy, so that the log begins anew: 16 MB. A
	// log that is written over again needs no new blocks, and its fsyncs are cheaper for it.
	walFrames = 4_000
)

// checkpointer copies committed pages from the write-ahead log into the database. SQLite would do so
// inside every commit that finds a thousand of them, with two more fsyncs, while everybody waits; here it
// happens beside the writer. Nothing depends on it for what was acknowledged: that is in the log.
type checkpointer struct {
	pool *sql.DB
	log  *slog.Logger
	wake chan struct{} // something was committed
	stop chan struct{}
	done chan struct{}
	// still runs fn while nobody writes.
	still func(fn func()) error
	// due and most are checkpointFrames and walFrames.
	due, most atomic.Int64
}

func newCheckpointer(dsn string, log *slog.Logger, still func(fn func()) error) (*checkpointer, error) {
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	c := &checkpointer{pool: pool, log: log, still: still, wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	c.due.Store(checkpointFrames)
	c.most.Store(walFrames)
	go c.run()
	return c, nil
}

// committed is called after each commit; it never waits.
func (c *checkpointer) committed() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *checkpointer) close() error {
	close(c.stop)
	<-c.done
	return c.pool.Close()
}

func (c *checkpointer) run() {
	defer close(c.done)
	failing := false
	pause := time.NewTimer(checkpointPause)
	defer pause.Stop()
	for {
		select {
		case <-c.wake:
		case <-c.stop:
			return
		}
		pause.Reset(checkpointPause)
		select {
		case <-pause.C:
		case <-c.stop:
			return
		}
		err := c.copy()
		if err != nil && !failing { // a full disk: commits say so to those who wait for them
			c.log.Warn("the write-ahead log could not be copied into the database; it is tried again after the next commit", "err", err)
		}
		failing = err != nil
	}
}

// copy does what is due by now.
func (c *checkpointer) copy() error {
	frames, copied, err := c.checkpoint("NOOP")
	if err != nil || frames-copied < c.due.Load() {
		return err
	}
	if frames, _, err = c.checkpoint("PASSIVE"); err != nil || frames < c.most.Load() {
		return err
	}
	// Under steady writing the log always has a few pages more than were copied, and so never begins anew. With
	// the writer still the rest is copied too; it waits for no reader.
	if stopped := c.still(func() { _, _, err = c.checkpoint("PASSIVE") }); stopped != nil {
		return stopped
	}
	return err
}

// checkpoint returns the pages in the log and how many of them are copied.
func (c *checkpointer) checkpoint(mode string) (frames, copied int64, err error) {
	var busy int
	err = c.pool.QueryRowContext(context.Background(), "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &frames, &copied)
	if err == nil && frames < 0 {
		err = errors.New("the database has no write-ahead log")
	}
	return frames, copied, err
}
