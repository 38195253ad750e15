// Package mp4 reads uploaded ISO base media files (ISO/IEC 14496-12; MP4, MOV, M4V, fragmented MP4)
// far enough to play them: which tracks there are, how they are coded, and where every sample lies.
//
// Nouns. A Movie is one file. A Track is one elementary stream in it; its Table answers for sample i
// the file offset, size, decode time, composition offset, duration and whether it is a sync sample.
// A Timeline says how the tracks of one presentation line up once edit lists are applied.
//
// Invariants.
//   - Parse never panics and never reads sample bytes: its work and memory follow the size of the
//     index (moov and moof boxes, at most MaxIndexBytes), not of the file. Tables are run-length
//     columns, not a struct per sample, at most 96 MB; the whole parse stays below 256 MB.
//   - Every sample of an accepted track lies inside the file, the sizes of a track's samples add up to
//     no more than the file (so a small upload cannot be made to serve terabytes), decode times
//     never go backwards, and no presentation is longer than MaxDuration.
//   - Media named to lie in another file is refused; nothing but the upload itself is ever read.
//   - The parser is not recursive: it descends through the boxes it knows by name, so nesting depth
//     in a hostile file has no effect.
//
// Refusals carry stable codes: not_a_video, truncated_video, broken_video, video_too_long from
// Parse; no_video_track and codec_unsupported from Movie.Playable, which decides whether browsers
// can play what Parse found.
package mp4
