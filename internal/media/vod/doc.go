// Package vod plays an uploaded MP4 at once, without transcoding and without writing it again.
//
// Nouns. A Stream is one opened upload: an index (mp4.Movie) over the bytes of the original file. It
// is seen as an HLS presentation (RFC 8216bis: multivariant and media playlist, init segment, media
// segments of about SegmentTarget) and as one progressive file with moov in front. A layout is a
// virtual file stitched from memory and from ranges of the original; segments and the progressive
// file are layouts, so both answer Range requests and read nothing they do not send. A Cache keeps
// opened Streams.
//
// Invariants.
//   - Every sample inside the edit list is sent once, byte for byte as uploaded.
//   - Segments start at sync samples unless the upload has none for MaxSegment; then the playlist does
//     not claim independent segments.
//   - What a URL returns never changes, so everything is cacheable for ever; the ETag is derived
//     from the content and equal on every node.
//   - At most maxParsing indexes are read at once, uploads and plays together.
//   - A Stream is safe for concurrent use; building a segment takes memory for its moof only.
package vod
