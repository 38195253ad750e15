// Package fanout writes a room's messages to very many WebSocket viewers (RFC 6455, RFC 7692).
//
// Nouns: Hub (all viewers of this process), Seat (what one viewer is owed: a first message, then the room's
// chain), Message, Chain; wire (a message in the forms it travels in, made once per room), room (the newest
// wires), loop (one thread: epoll, and the connections it owns), crew (a room's connections on one loop).
//
// Invariants:
//   - A message is framed and compressed once per room, without context takeover, and the same bytes go to all
//     who negotiated that form.
//   - A connection has no goroutine, no buffer and no queue: it has the number of the last message begun and at
//     most one rest of a half-written frame. Nothing skips inside a frame. One that is more than maxLag behind
//     skips to the newest and heals over HTTP.
//   - A connection that finishes no frame for Stall is closed, whether its reader sleeps, trickles or vanished.
//   - One loop owns a connection from its handover to its close; nobody else touches it.
//   - Seat.Leave is called once per seat, whatever happens.
//   - Viewers have nothing to say here (sending is a POST): data frames are refused with 1008.
//   - A chain that ends closes with 1000, Close with 1012 "come back".
//
// Where the connection is not a plain socket (TLS in this process, a wrapped listener) or the system is not
// Linux, a goroutine per viewer does the same behind the same Serve. Where the kernel allows io_uring a tick is
// sent by batches of it, otherwise by a send each; the bytes are the same.
//
// Lock order: Hub.mu before room.mu; loop.mu is a leaf. Leave may take the caller's locks: it is called with
// none of these held.
package fanout
