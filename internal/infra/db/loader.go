package db

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
)

const (
	// maxKeys of one statement of a Loader: 256 rows are read in about half a millisecond, which is what the last
	// of them waits longer than the first. Sizes are powers of two, so that a loader has nine texts.
	maxKeys = 256
	// readsSQLite and readsPostgres are the statements a loader has under way. SQLite's reads are CPU of this
	// process; PostgreSQL's are round trips, and four leave most of its pool to others.
	readsSQLite   = 2
	readsPostgres = 4
	// maxLoading callers wait in one loader: more than a process has connections (20,000 or so), so that only a
	// database that stands still fills it.
	maxLoading = 1 << 16
	// readWait ends a read whose database stopped answering; its callers may have given up long before.
	readWait = 30 * time.Second
	// loadingAfterMS is the time in which a full queue is read.
	loadingAfterMS = 500
)

// Loader reads single rows by key for many callers at once. Whoever asks while its reads are under way waits for the
// next one, which takes up to 256 keys in one statement; nobody waits for a timer, and a lone caller reads for itself.
//
// It is no cache: a caller gets what a statement read that began after the call, so whatever was committed before
// Load is seen. Inside a transaction Load reads in it. Safe for concurrent use.
type Loader[K comparable, V any] struct {
	d     *DB
	texts [9]string // by the binary logarithm of the number of keys
	scan  func(Row) (K, V, error)

	mu      sync.Mutex
	waiting []*loading[K, V]
	reads   int // under way
}

// loading is one caller's wish. Its reply has room for the answer, so that a caller who left blocks nobody.
type loading[K comparable, V any] struct {
	ctx   context.Context
	key   K
	reply chan loaded[V]
}

type loaded[V any] struct {
	value V
	found bool
	err   error
}

// NewLoader reads by the query head + "($1,$2,…)", for example "SELECT id, name FROM t WHERE id IN": head names the
// one condition on the key and no other placeholder, and a key has at most one row. scan returns a row's key too.
func NewLoader[K comparable, V any](d *DB, head string, scan func(Row) (K, V, error)) *Loader[K, V] {
	l := &Loader[K, V]{d: d, scan: scan}
	for i := range l.texts {
		l.texts[i] = head + " (" + Placeholders(1, 1<<i) + ")"
	}
	return l
}

// Load reads the row of key; the flag is false when there is none. Errors: ctx's when the caller gave up,
// errs.Busy "database_away" when too many wait already, else what the read said to everybody in it.
func (l *Loader[K, V]) Load(ctx context.Context, key K) (V, bool, error) {
	if l.d.tx(ctx) != nil {
		return l.alone(ctx, key)
	}
	w, err := l.enter(ctx, key)
	if err != nil {
		var zero V
		return zero, false, err
	}
	if w == nil { // it reads for itself
		defer l.next()
		return l.alone(ctx, key)
	}
	select {
	case got := <-w.reply:
		return got.value, got.found, got.err
	case <-ctx.Done():
		var zero V
		return zero, false, ctx.Err()
	}
}

// enter takes a free read for the caller itself, or (not nil) a place among those who wait.
func (l *Loader[K, V]) enter(ctx context.Context, key K) (*loading[K, V], error) {
	most := readsSQLite
	if l.d.kind == Postgres {
		most = readsPostgres
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reads < most {
		l.reads++
		return nil, nil
	}
	if len(l.waiting) >= maxLoading {
		return nil, errs.New(errs.Busy, "database_away", "the database does not keep up; try again in a moment").After(loadingAfterMS)
	}
	w := &loading[K, V]{ctx: ctx, key: key, reply: make(chan loaded[V], 1)}
	l.waiting = append(l.waiting, w)
	return w, nil
}

// next gives the caller's read to those who came meanwhile: the caller has its answer and does not work for them.
// The goroutine ends when nobody waits, and who waits for it are they.
func (l *Loader[K, V]) next() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.reads--
		return
	}
	go l.work()
}

func (l *Loader[K, V]) work() {
	b := batch[K, V]{asked: map[K]int{}}
	for l.take(&b) {
		l.serve(&b)
	}
}

// batch is what one statement reads. places has one for each key of asked, whoever asks for it.
type batch[K comparable, V any] struct {
	callers []*loading[K, V]
	keys    []any
	asked   map[K]int
	places  []loaded[V]
}

// take moves those who came first into b, at most maxKeys callers; false when there are none, and the read is free.
func (l *Loader[K, V]) take(b *batch[K, V]) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.reads--
		l.waiting = nil // a crowd's room is not kept
		return false
	}
	n := min(len(l.waiting), maxKeys)
	b.callers = append(b.callers[:0], l.waiting[:n]...)
	clear(l.waiting[:n])
	l.waiting = l.waiting[n:]
	return true
}

// serve reads for everybody in b who has not given up and answers each, whatever happens.
func (l *Loader[K, V]) serve(b *batch[K, V]) {
	err := errBroken
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("db: a loader's scan panicked: %v", v)
		}
		for i, w := range b.callers {
			if err != nil {
				w.reply <- loaded[V]{err: err}
			} else {
				w.reply <- b.places[b.asked[w.key]]
			}
			b.callers[i] = nil
		}
	}()
	b.callers = slices.DeleteFunc(b.callers, func(w *loading[K, V]) bool { return w.ctx.Err() != nil })
	b.keys, b.places = b.keys[:0], b.places[:0]
	clear(b.asked)
	for _, w := range b.callers {
		if _, ok := b.asked[w.key]; !ok {
			b.asked[w.key] = len(b.keys)
			b.keys, b.places = append(b.keys, w.key), append(b.places, loaded[V]{})
		}
	}
	err = l.read(b)
}

func (l *Loader[K, V]) read(b *batch[K, V]) error {
	if len(b.keys) == 0 {
		return nil
	}
	size := 0
	for 1<<size < len(b.keys) {
		size++
	}
	for len(b.keys) < 1<<size { // the same key again reads nothing more
		b.keys = append(b.keys, b.keys[0])
	}
	ctx, cancel := context.WithTimeout(context.Background(), readWait)
	defer cancel()
	_, err := List(ctx, l.d, func(r Row) (struct{}, error) {
		key, v, err := l.scan(r)
		if at, ok := b.asked[key]; ok && err == nil {
			b.places[at] = loaded[V]{value: v, found: true}
		}
		return struct{}{}, err
	}, l.texts[size], b.keys...)
	return err
}

// alone reads one key as Get does.
func (l *Loader[K, V]) alone(ctx context.Context, key K) (V, bool, error) {
	return Get(ctx, l.d, func(r Row) (V, error) {
		_, v, err := l.scan(r)
		return v, err
	}, l.texts[0], key)
}
