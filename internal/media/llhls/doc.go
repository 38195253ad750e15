// Package llhls packages one live publication as Low-Latency HLS and serves it from memory
// (RFC 8216bis; CMAF fragmented MP4).
//
// Nouns. A Stream takes normalised samples as an av.Sink. An epoch is a run of samples on one clock;
// a discontinuity starts the next. A part is one fragment, a segment the parts from one cut to the
// next, and the line is the decode timeline on which both are measured: that of the pictures, or of
// the sound when there are none. A snapshot is everything a reader can see at one moment.
//
// Invariants. PART-TARGET is constant; no part exceeds it and only a segment's last may be shorter
// than 85 %. TARGETDURATION is fixed when the first segment closes. Media sequence numbers, and media
// time, only grow, across publisher reconnects too. Presentation times are never altered: when a
// frame's interval crosses the end of a part that would be too short without it, the interval is
// divided on the decode line and the next frame decodes earlier, to be shown when it always was.
// Playlists are rendered once per part; readers share the immutable snapshot behind an atomic pointer
// and never take the writer's lock. Parts are slices of their segment's buffer. What a reader gets is decided in
// one place, Answer: the answer that is due, or the Wait for it. Serve waits for it on the request's goroutine, an
// event loop (media/wire) is told of news by Watch.
//
// No gap segments are listed at the start. They would let an old iPhone begin with its full hold-back,
// but readers that do not know EXT-X-GAP (ffmpeg 5, many television sets) fetch them, fail and give
// up. The first playlist appears with the first whole segment; an old iPhone begins nearer to live.
//
// Write, Tracks, Discontinuity, Close and End are for one publisher at a time; the lock orders
// a takeover. hookMu is taken before mu, and OnSegment is called with hookMu only, so segments arrive
// in order and readers never wait for the hook. No goroutine is started here.
package llhls
