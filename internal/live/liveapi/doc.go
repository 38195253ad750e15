// Package liveapi is the HTTP door of live: rooms, shelf, talk, the console's figures, and the three ways a
// room's ticks travel: immutable URLs for clock-paced readers and caches, one WebSocket frame per tick (package
// fanout), and replay chunks. All three carry the same bytes, compressed once: gzip by Accept-Encoding, with
// Vary, or permessage-deflate.
package liveapi
