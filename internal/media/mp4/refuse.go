package mp4

import (
	"fmt"
	"slices"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
)

// maxPictureSide is the largest width or height any level of H.264 allows: 6.2, ITU-T H.264 table A-1,
// the root of eight times its 139,264 macroblocks, in pixels.
const maxPictureSide = 16_880

func notAVideo() *errs.Error {
	return errs.New(errs.Unsupported, "not_a_video", "this file is not an MP4 or MOV video; choose a video file")
}

func truncated(what string) *errs.Error {
	return errs.New(errs.Invalid, "truncated_video",
		"the video is cut off (%s); export or copy it again and upload the whole file", what).With("what", what)
}

func broken(what string) *errs.Error {
	return errs.New(errs.Invalid, "broken_video",
		"the video's index is damaged (%s); export it again as MP4", what).With("what", what)
}

func tooLong() *errs.Error {
	hours := int(MaxDuration.Hours())
	return errs.New(errs.Invalid, "video_too_long", "the video is longer than %d hours; upload it in parts", hours).
		With("max_hours", hours)
}

func unsupported(codec string) *errs.Error {
	return errs.New(errs.Unsupported, "codec_unsupported",
		"browsers cannot play %s: export as H.264/AAC MP4, or install ffmpeg on the server", codec).With("codec", codec)
}

// Playable reports whether every browser in use can play the movie as it is: 8-bit 4:2:0 H.264
// pictures and, if there is sound, AAC. Codecs in allow are accepted too (a caller that has
// ffmpeg, or that serves only clients it knows).
// Errors: no_video_track; codec_unsupported with the parameter "codec".
func (m *Movie) Playable(allow ...av.Codec) error {
	v := m.Video()
	if v == nil {
		return errs.New(errs.Invalid, "no_video_track", "the file has no picture; upload a video")
	}
	if err := v.playable(append(slices.Clip(allow), av.H264)); err != nil {
		return err
	}
	if a := m.Audio(); a != nil {
		return a.playable(append(slices.Clip(allow), av.AAC))
	}
	return nil
}

func (t *Track) playable(allowed []av.Codec) error {
	switch {
	case t.Codec == "" || !slices.Contains(allowed, t.Codec):
		return unsupported(t.Name)
	case t.mixed:
		return unsupported(t.Name + " that changes its format midway")
	case t.Width > maxPictureSide || t.Height > maxPictureSide:
		return unsupported(fmt.Sprintf("%s of %d x %d", t.Name, t.Width, t.Height))
	case t.Codec == av.H264 && !slices.Contains([]byte{66, 77, 100}, t.Config[1]):
		// High 10, High 4:2:2 and High 4:4:4 (ISO/IEC 14496-10 Annex A): no browser decodes them.
		return unsupported("H.264 with 10-bit or 4:2:2 colour")
	}
	return nil
}
