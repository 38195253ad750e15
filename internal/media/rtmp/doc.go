// Package rtmp is the publishing half of an RTMP server: encoders such as OBS and ffmpeg push
// one stream each, and every stream goes into an av.Sink.
//
// Nouns: a connection performs the handshake and carries chunks; chunks make messages; a publish
// command, once authorized, opens a publication; FLV tags inside audio and video messages become
// av.Samples with RTMP's own decode time and composition offset, timescale 1000.
//
// Invariants:
//   - Nothing of a stream is kept before Authorize agreed; until then messages are capped at
//     maxSetupMessage and the whole set-up at setupTimeout.
//   - One goroutine per connection reads, writes and calls the sink; Serve waits for all of them.
//   - Every sink that Authorize returned is closed exactly once: with nil after the publisher said
//     goodbye, with a cause wrapping ErrLost when the connection broke, or with what ended it.
//   - Every byte from the peer is hostile: sizes, counts, depths and waits are named constants.
//   - The stream key is a secret and is never logged.
//
// Enhanced RTMP (Veovera, v1 and the ModEx part of v2): avc1, hvc1, av01, mp4a and Opus are taken;
// multitrack is refused. The legacy codec id 12 for HEVC, which many Chinese encoders send, is
// taken too. Playing is refused: viewers use HLS.
package rtmp
