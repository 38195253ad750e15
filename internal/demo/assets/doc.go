// Package assets carries the media and the copy of the demo world, embedded in
// the binary so that one command shows a living place without a network.
//
// A Clip is a short moving picture with sound; every clip loops without a
// visible cut, and those marked Live are long enough to be broadcast from. A
// Product has one square picture. A Channel is a voice with a face. A Post is
// what a channel said with a clip or with pictures. Comments and Users feed the
// scripted life. All copy exists in Chinese and in English.
//
// Invariants, held by the tests of this package:
//   - every file the manifest names is embedded, and every embedded picture or
//     clip is named by the manifest;
//   - clips are H.264 (High, 4:2:0, no B-frames, a key frame at least every two
//     seconds) and AAC, so that they can be cut into segments without encoding;
//   - keys, handles and names are unique; references between parts resolve;
//   - prices lie between 9 and 899 yuan, in minor units;
//   - the committed media stay under 12 MB.
//
// frames/ and art/ are the drawn sources; they are committed for the script
// scripts/demo-assets/make.sh, which makes the rest, and are not embedded.
package assets
