// Command room measures one very large room: the real binary with a room on air, many users who talk, and
// thousands of WebSocket viewers who read every tick; beside it nats-server and Centrifugo fed the same ticks.
//
// Nouns: a crowd is a process of its own with a share of the viewers, made of raw sockets and epoll, so that
// the load costs little beside what it measures; a window is the stretch of time that counts; a talker posts
// comments through the API.
//
// Every viewer counts every frame it gets by the frames' heads. One in a hundred also inflates and decodes
// each, and tells how old the tick is when read. The clock is the machine's own on both sides.
package main
