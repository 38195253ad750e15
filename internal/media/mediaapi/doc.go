// Package mediaapi is the HTTP door of media: resumable uploads, pictures, assets, and the immutable
// objects players fetch (live sessions, uploads as HLS or MP4, recordings, pictures). Connections that fetch live
// objects are handed to media/wire after their first answer (NewWire), under the same headers.
package mediaapi
