// Package codec reads and builds codec configuration and looks into access units; it does no I/O.
//
// Nouns: an AVCC, HVCC, AV1C, ASC or OpusConfig is a parsed decoder configuration; a NAL is one
// H.264/HEVC unit without start code or length; an OBU is AV1's unit. Track turns configuration
// bytes into an av.Track, ready for a sample entry.
//
// Invariants:
//   - Every input is hostile. Parsers return ErrMalformed (wrapped with what was wrong) and never
//     panic, allocate by a declared length only after the bytes are there, and loop at most
//     MaxNALs, maxOBUs or a bit field's width.
//   - Results alias the input unless the docstring says "copy".
//   - Samples handed on use 4-byte NAL lengths, and so do the configurations Track returns.
package codec
