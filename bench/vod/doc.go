// Command vod measures how soon an uploaded video plays and what that costs: a 100 MB H.264/AAC MP4
// is sent by tus to the real binary, and the clock runs from its last byte to the playlist, the init
// segment and the first media segment in hand. The peer is ffmpeg's copy remux of the same file to HLS.
package main
