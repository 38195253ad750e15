package db

// HurryCheckpoints lets few pages be many, so that a test need not write 64 MB.
func (d *DB) HurryCheckpoints(due, most int64) {
	c := d.eng.(*sqliteEngine).copies
	c.due.Store(due)
	c.most.Store(most)
}

// Unnamed is unnamed.
func Unnamed(q string) string { return unnamed(q) }
