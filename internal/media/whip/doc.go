// Package whip takes browsers' cameras in by WebRTC: a WHIP endpoint (RFC 9725) that feeds av.Sinks.
//
// Nouns: an offer is what a browser wants to send; a session is one answered offer with its peer
// connection, its URL and its sink; an input is one RTP stream on its way through a reorder buffer;
// a line maps an RTP clock onto the session's timeline; a publication turns inputs into tracks and
// samples: H.264 in AVCC form at 90 kHz, Opus at 48 kHz.
//
// Invariants:
//   - Nothing of a peer connection exists before Publish agreed to the key, and an offer that could
//     not be taken never reaches Publish, so that it cannot push a running publisher out.
//   - The session's URL holds 192 random bits and is all that PATCH and DELETE need; it and the key
//     are never logged.
//   - One picture and one sound per session. Sound is the master clock: sender reports move the
//     picture towards it gently, never the sound.
//   - After a lost packet nothing is passed on until the next complete random access point, so that
//     no viewer sees a picture built on a missing one. Key frames are asked for by PLI.
//   - Tracks is repeated only at a random access point of the picture.
//   - Every sink that Publish returned is closed exactly once: nil after DELETE, a cause wrapping
//     ErrLost when the publisher vanished, ErrClosed at shutdown, or what the sink itself said.
//   - A session's run goroutine owns its peer connection and its readers; Close waits for them all.
//
// Lock order: Handler.mu and session.mu are leaves; publication.mu is held while the sink is called.
package whip
