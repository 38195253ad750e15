// Package media takes pictures and sound in, keeps them and gives them out as immutable objects.
//
// Nouns: Asset (an uploaded video or picture), Upload (bytes on their way in), Ingest (a channel's right to
// publish, by secret key), Session (one continuous live packaging with its own URL prefix), Publisher (the
// connection feeding a session), Recording (a session's kept segments: DVR and replay), Health.
// Tables: media_assets, media_uploads, media_ingests, media_tokens, media_recordings, media_segments.
// Sub-packages: av (units), codec, normal, rtmp, whip, source (ways in), cmaf, llhls (live packaging),
// mp4, vod (virtual remux of uploads), tus (resumable upload).
// Invariants: a stream key is 192 random bits, stored hashed, apart from every public id, and checked
// before any media is buffered; a newer publisher on a key takes over by generation, and whatever the old
// connection still sends is dropped; a session outlives its publisher by Grace; a URL's bytes never change;
// an upload is served only after its index was read and its codecs found playable; nothing is stored twice.
// Ports: Listener (live hears of streams). Events: none; live turns stream changes into facts.
package media
