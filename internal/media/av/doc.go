// Package av holds the units that media code exchanges: tracks, samples and the sink that takes them.
//
// Ingest listeners (media/rtmp, media/whip, the sample source) produce av.Sample; the normaliser, the
// CMAF packager and the recorder consume it. Nothing here does I/O.
package av
