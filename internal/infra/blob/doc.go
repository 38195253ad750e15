// Package blob stores files by key: recordings, uploads, pictures.
//
// Nouns: a Store (a directory, or an S3 bucket), a key ("rec/rec_01j9…/seg-000001.m4s"), an Object
// (an opened blob that can be read at any place).
//
// Invariants:
//   - A key shows either nothing or a whole blob: Put writes aside and renames (file) or completes
//     (S3). When Put returns nil the blob survives a power cut; the directory is fsynced too.
//   - Put over an existing key replaces it; an Object opened before keeps reading the old bytes
//     (file) or fails (S3, by ETag), never a mixture.
//   - Keys are made of segments of A-Z a-z 0-9 . _ - joined by "/", at most 512 bytes, no segment
//     beginning with a dot. The file store is confined by os.Root besides, so neither a key nor a
//     symlink leads out of it.
//   - Delete of a missing key succeeds: deletions are retried.
//
// blobtest.Suite is the contract as a test, the same for every Store.
package blob
