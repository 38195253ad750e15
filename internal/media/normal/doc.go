// Package normal makes one well-behaved timeline out of what a publisher sends.
//
// Nouns: a line is one track's way from input to output; a shift is what is added to input time;
// an epoch is the stretch of a stream with one shift; a rebase begins a new epoch.
//
// Invariants of the output, whatever comes in:
//   - Pictures count in 1/90000 s, sound in its sample rate (Opus 48000). Decode times rise
//     strictly within a track and are never negative.
//   - Within a continuity DTS + Duration of a sample is the DTS of the track's next one. AAC is
//     counted frame by frame, so the publisher's millisecond clock never reaches the listener.
//   - The first picture, and the first after Tracks or Discontinuity, is a random access point.
//   - Bad timestamps are counted and repaired, never fatal. Sound and picture are rebased by the
//     same shift, so they stay in step across a discontinuity.
//
// A sample is passed on when its track's next one arrives, which gives its duration. When one
// track alone pauses and the other runs on, nothing is rebased: its last sample lasts until it
// returns, so a packager must be ready for a long Duration.
//
// Tracks, Write and Close belong to one goroutine; Health may be called from any.
package normal
