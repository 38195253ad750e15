// Package cmaf writes fragmented MP4: the init segment of a track set and media fragments.
//
// Nouns. Init is ftyp + moov (ISO/IEC 14496-12) with an empty sample table and one trex per track.
// A Run is the consecutive samples of one track inside one fragment. A fragment is moof + mdat and is
// what CMAF (ISO/IEC 23000-19) calls a chunk; several of them in a row are a segment.
//
// Invariants. Track IDs are av.VideoID and av.AudioID. Decode times are absolute in the track's
// timescale (tfdt version 1, 64 bit) and must not be negative. Composition offsets are signed (trun
// version 1), so no edit list is needed. Every fragment is self-contained: default-base-is-moof, and
// flags that tell sync samples from dependent ones. Nothing here does I/O or keeps state.
package cmaf
