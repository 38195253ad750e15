// Command live measures what a room's picture costs the server: ffmpeg pushes 720p at 2 Mbit/s by RTMP
// to the real binary, and raw readers in processes of their own fetch it, as Low-Latency HLS (blocking
// reloads and parts, two connections a viewer, the order of requests hls.js makes) and as plain HLS.
// The peer is nginx with the rtmp module, pushed to and read in the same way.
//
// Readers drop what they read; a reload or a part that does not come in time is counted, and fails the run.
package main
