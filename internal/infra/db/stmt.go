package db

import (
	"container/list"
	"context"
	"database/sql"
	"sync"
)

// maxStmts bounds the compiled statements kept per cache. The hot ones are a few dozen; lists of
// varying length (IN, VALUES) would otherwise add texts without end.
const maxStmts = 256

// stmtCache keeps SQLite's most recently used compiled statements by text: compiling costs more than
// running a point read.
type stmtCache struct {
	prepare func(ctx context.Context, q string) (*sql.Stmt, error)

	mu     sync.Mutex
	byText map[string]*list.Element
	order  *list.List // of *cachedStmt, newest first
}

type cachedStmt struct {
	q  string
	st *sql.Stmt
	// users counts the queries between get and their start, so that eviction does not close a
	// statement somebody is about to run. database/sql itself protects running ones.
	users   int
	evicted bool
}

func newStmtCache(prepare func(ctx context.Context, q string) (*sql.Stmt, error)) *stmtCache {
	return &stmtCache{prepare: prepare, byText: map[string]*list.Element{}, order: list.New()}
}

// get returns the statement for a caller that has the connection for itself.
func (c *stmtCache) get(q string) (*sql.Stmt, error) {
	e, err := c.acquire(q)
	if err != nil {
		return nil, err
	}
	c.release(e)
	return e.st, nil
}

// query runs the statement on any connection of a pool.
func (c *stmtCache) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	e, err := c.acquire(q)
	if err != nil {
		return nil, err
	}
	defer c.release(e)
	return e.st.QueryContext(ctx, args...)
}

// acquire compiles outside the lock: that may wait for a connection, and the callers who hold the
// connections need the lock in release before they read, and so give up, their rows.
func (c *stmtCache) acquire(q string) (*cachedStmt, error) {
	if e := c.known(q); e != nil {
		return e, nil
	}
	st, err := c.prepare(context.Background(), q)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.byText[q]; ok { // somebody else compiled it meanwhile
		_ = st.Close()
		e := el.Value.(*cachedStmt)
		e.users++
		return e, nil
	}
	e := &cachedStmt{q: q, st: st, users: 1}
	c.byText[q] = c.order.PushFront(e)
	if c.order.Len() > maxStmts {
		c.drop(c.order.Back())
	}
	return e, nil
}

func (c *stmtCache) known(q string) *cachedStmt {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.byText[q]
	if !ok {
		return nil
	}
	c.order.MoveToFront(el)
	e := el.Value.(*cachedStmt)
	e.users++
	return e
}

func (c *stmtCache) release(e *cachedStmt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.users--
	if e.evicted && e.users == 0 {
		_ = e.st.Close()
	}
}

func (c *stmtCache) drop(el *list.Element) {
	e := el.Value.(*cachedStmt)
	c.order.Remove(el)
	delete(c.byText, e.q)
	e.evicted = true
	if e.users == 0 {
		_ = e.st.Close()
	}
}

func (c *stmtCache) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for el := c.order.Front(); el != nil; el = c.order.Front() {
		c.drop(el)
	}
}
