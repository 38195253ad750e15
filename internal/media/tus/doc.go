// Package tus receives uploads that survive lost connections and crashes: the tus 1.0.0 protocol
// (https://tus.io/protocols/resumable-upload) with the extensions creation, creation-with-upload,
// expiration, termination and checksum.
//
// Nouns. An Upload is the row a Store keeps: whose, how long, how far. Its bytes lie in one file
// of the handler's directory until the last one has arrived; then OnFinish takes the file over.
// A lease is the right to write one upload.
//
// Invariants.
//   - An acknowledged offset is on disk: file fsync first, then Store.SetOffset, then the answer.
//   - After a crash the recorded offset counts. A longer file is cut back to it, because bytes
//     written after the last fsync may be holes even though the file size says otherwise. A
//     shorter file (restored from an older backup) lowers the offset.
//   - One writer per upload and process. A PATCH that meets an active one gets 423; one that has
//     been silent for stallAfter is ended, keeping its bytes. HEAD and DELETE end any: a client
//     asks for the offset only after it has lost its connection.
//   - OnFinish runs once, under the lease, on a whole file; nothing else ever sees the file. Only a
//     crash in the middle of it makes it run again, so it must be idempotent by Upload.ID. Its
//     refusal reaches the client, and the upload is deleted.
//   - A stranger's upload is not found.
//
// Files live on the node that created the upload: requests for it must reach that node or a
// shared file system, and only one node may serve it at a time.
package tus
