// Package backup saves a whole site into one file, and lays it again.
//
// Nouns: an archive (the file), a part (one entry of it), the head (first part: who wrote it and which schema
// the rows fit), the manifest (part with the counts and the SHA-256 of every part before it), the seal (last part:
// SHA-256 of every byte before it).
//
// The archive is a plain POSIX tar, so that it can be looked into without this program:
//
//	hawker-backup.json             head
//	db/<table>/000001.jsonl.gz     rows as JSON arrays, in the order of the head's columns
//	files/<key>                    blobs
//	secrets/<name>                 keys the site made for itself
//	manifest.json, seal
//
// Rows are values, not pages of an engine's file: a site saved from SQLite can be laid into PostgreSQL
// and the other way. A table's rows are cut into parts of at most partBytes, so memory stays flat.
//
// Invariants:
//   - The rows are one instant (db.Snapshot). Blobs are listed after it: an object is stored before the
//     row that names it, so nothing the rows name is missing; what came later is there too and harmless.
//   - The archive has its name only when it is whole, synced and, unless told otherwise, checked. Before, it
//     is FILE.partial, and an error removes it.
//   - Open reads every byte once and refuses a file whose seal does not fit: cut short, or changed anywhere.
//   - Restore lays rows in one transaction, after the files, into an empty place only.
package backup
