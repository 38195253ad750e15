// Package source publishes an H.264/AAC MP4 as if a camera sent it, in a loop, without ffmpeg: the
// demo's live rooms, soak runs and benches use it.
//
// Invariants.
//   - Samples leave at their decode time on the injected clock, never earlier; after a pause of the
//     machine longer than maxLag the schedule moves on instead of sending a burst.
//   - Decode times rise strictly within each track, over the joins too; every Duration is filled and
//     leads to the next sample.
//   - At each join the picture starts again exactly where it ended. Sound has no gap: frame follows
//     frame, and at the join it starts again within one frame of its place beside the picture. Sound
//     longer than the picture is cut there; shorter sound repeats until then.
package source
