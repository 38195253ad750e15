package db

// HurryCheckpoints lets few pages be many, so that a test need not write 64 MB.
func (d *DB) HurryCheckpoints(due, most int64) {
	c := d.eng.(*sqliteEngine).copies
	c.due.Store(due)
	c.most.Store(most)
}

// Unnamed is unnamed.
func Unnamed(q string) string { return unnamed(q) }

// MaxLoading is the bound of a loader's queue.
const MaxLoading = maxLoading

// Waiting is how many callers of l wait for a read.
func (l *Loader[K, V]) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}
