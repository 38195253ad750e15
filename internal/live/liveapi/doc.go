// Package liveapi is the HTTP door of live: rooms, shelf, talk, the console's figures, and the three ways a
// room's ticks travel: immutable URLs for clock-paced readers and caches, one WebSocket frame per tick, and
// replay chunks. All three carry the same bytes.
package liveapi
