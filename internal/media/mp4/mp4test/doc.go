// Package mp4test makes real video files with ffmpeg for the tests of the media packages.
//
// Each recipe is encoded once per test process into a directory of its own. A missing ffmpeg fails
// the test: a corpus that silently shrinks proves nothing.
package mp4test
