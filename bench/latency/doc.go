// Command latency measures from glass to glass: a generated picture carries the time at which it was
// drawn as black and white cells, ffmpeg encodes and pushes it by RTMP to the real binary, and Chromium
// plays the room on the real page. The cells of every shown frame are read back from a canvas.
//
// It also measures how long a viewer waits for the first frame: after a tap in the open app, and after
// opening the room's address in a browser that has nothing of the site.
package main
