// Package wire serves live media on connections that the web server has let go: event loops without a goroutine, a
// buffer or a header map for each of thousands of players (Linux; plain TCP).
//
// Nouns: Server (all connections of this process), loop (one goroutine: epoll, and the connections it owns), conn,
// work (the request a connection is being answered), crew (a stream's waiting connections on one loop), template
// (the head of all answers of one llhls.Head), counter (the listener over which connections go back).
//
// A connection comes here after net/http has answered its first live object (Adopt) and stays while it speaks the
// strict subset that parse describes. Anything else, from another path to an odd byte, goes back to the web server
// with the bytes nobody has read, so that there is one place that decides hard cases. What is answered here is what
// llhls.Stream.Answer says, under the headers of the same door: status, headers and body are net/http's but for the
// date and the request's id, as the differential test compares. So are the counters and the lines of the log.
//
// Invariants:
//   - One loop owns a connection from its coming to its end or its return; nobody else touches its descriptor.
//   - A connection has one request under way at most; the following ones wait in held (maxHead) and in the kernel.
//   - Bodies are shared and never copied here; a reader who takes nothing (Stall) or too long (Answer) is let go,
//     so that it keeps no old segment alive.
//   - Waiting is being in a crew. A stream tells a loop once per change (Watch), however many wait, and the loop
//     asks each Wait again. Register, then ask: no news is missed.
//   - A request that Book.Arrive has counted is told to Book.Leave once, whatever happens to its connection.
//   - Only a connection between two requests goes back, and only maxReturns times.
//
// Lock order: the stream's lock before loop.mu, which is a leaf; a loop calls streams with none of its own held.
//
// With TLS in this process, and on other systems, connections stay with net/http, which gives the same answers.
package wire
