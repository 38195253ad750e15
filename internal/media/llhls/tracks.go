package llhls

import (
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
)

// track returns the declared track of an ID, or nil.
func (s *Stream) track(id int) *av.Track {
	for i := range s.init.tracks {
		if s.init.tracks[i].ID == id {
			return &s.init.tracks[i]
		}
	}
	return nil
}

// validate refuses a track set that cannot be described in an init segment.
func validate(tracks []av.Track) error {
	refuse := func(format string, args ...any) error {
		return errs.ForProgram(errs.Invalid, "track_invalid", format, args...)
	}
	if len(tracks) == 0 || len(tracks) > 2 {
		return refuse("a stream has one or two tracks, not %d", len(tracks))
	}
	for i, t := range tracks {
		want := av.AudioID
		if t.Codec.Video() {
			want = av.VideoID
		}
		switch {
		case t.ID != want || i > 0 && tracks[0].ID == t.ID:
			return refuse("track %d is %s, which has the ID %d, once", t.ID, t.Codec, want)
		case t.Timescale == 0:
			return refuse("track %d has no timescale", t.ID)
		case len(t.Config) == 0:
			return refuse("track %d has no decoder configuration", t.ID)
		case t.CodecTag == "":
			return refuse("track %d has no codec tag", t.ID)
		case t.Codec.Video() && (t.Width <= 0 || t.Height <= 0 || t.Width > 0xffff || t.Height > 0xffff):
			return refuse("a picture of %dx%d cannot be described", t.Width, t.Height)
		case !t.Codec.Video() && t.Codec != av.AAC && t.Codec != av.Opus:
			return refuse("codec %q is not known", t.Codec)
		case !t.Codec.Video() && (t.SampleRate <= 0 || t.Channels <= 0):
			return refuse("sound of %d Hz and %d channels cannot be described", t.SampleRate, t.Channels)
		}
	}
	return nil
}
