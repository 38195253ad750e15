// Package server is the one HTTP door: mux, sign-in, errors, idempotency, OpenAPI and the embedded web.
//
// Nouns: Router (a mux whose every route states who may use it), Op (one API operation), Allow (Public,
// SignedIn, Operator), Problem (RFC 9457 answer), Stream (server-sent events to one reader).
// Every request leaves one line (access.go) and counts in the Meter: the route's pattern, never its address.
// Who answers on a connection that was let go (media/wire) says so by Arrive and Leave.
// Table: server_idempotency, answers of finished requests by user and Idempotency-Key, and the node that runs one.
// Invariants: a route without a stated Allow does not compile; a change or a socket that a
// page of another site may have asked for is refused before its handler, also when nothing says where it
// comes from but a cookie does; every answer that is not a page of ours or a script, style or font of one is inert when opened; an operation marked Idempotent runs once per key, and its
// stored answer is replayed, a changed body under the same key is refused; no handler error text reaches
// a client unless it is an *errs.Error.
// Object rights (my shop, my room) are decided in the domains; Allow is only the outer gate.
package server
