package db

import "database/sql"

// Pool tells how busy the connections are: PostgreSQL's pool, or SQLite's readers.
func (d *DB) Pool() sql.DBStats { return d.eng.stats() }

func (e *sqliteEngine) stats() sql.DBStats { return e.readers.Stats() }

func (e *postgresEngine) stats() sql.DBStats { return e.pool.Stats() }
