// Command demo-assets films the demo world: it turns the still art under
// internal/demo/assets into moving pictures and sound.
//
// A clip is a plate (one still), a camera that moves over it, warps that bend
// parts of the plate (cloth, water, a breathing host), and lights drawn on top
// (steam, beams, sparks, meteors). Everything is a function of t in [0, 1) and
// every motion runs a whole number of cycles per clip, so the last frame meets
// the first and a player may loop the file without a visible cut. Randomness
// comes from fixed seeds: two runs draw the same frames.
//
// Coordinates are those of the drawings: 360 wide, 640 high, y down, whatever
// the size of the finished picture.
//
//	demo-assets list                 one clip per line: key, frames, fps
//	demo-assets video KEY ART        raw rgb24 frames on stdout
//	demo-assets still KEY ART AT     one frame as binary PPM, AT in [0, 1)
//	demo-assets sound KEY            WAV, 48 kHz stereo 16 bit, on stdout
//	demo-assets caption KEY          the caption of a clip as SVG, empty if none
//
// ART is a directory of PNG plates named after the clip's plate, with the
// rendered captions as caption-KEY.png; make.sh prepares it.
package main
