package vod

import (
	"encoding/binary"
	"io"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mp4"
)

// Segment writes media segment n (0 <= n < Segments): moof and mdat. Errors: not_found, or the
// reader's or writer's own.
func (s *Stream) Segment(w io.Writer, n int) error {
	l, err := s.segment(n)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, l)
	return err
}

// Sizes of the fixed parts of a fragment (ISO/IEC 14496-12 8.8). cmaf.Fragment writes the same
// boxes, but out of samples held in memory; here the media stays in the file and only moof is built.
const (
	mfhdSize = 16
	trafHead = 8 + 16 + 20 + 20 // traf, tfhd, tfdt, trun without entries
	runEntry = 16               // duration, size, flags, composition offset

	defaultBaseIsMoof = 0x020000
	runFields         = 0x000f01 // data offset, duration, size, flags, composition offset
	syncFlags         = 0x02000000
	dependentFlags    = 0x01010000
)

// run is one track's part of a segment.
type run struct {
	id       uint32
	track    *mp4.Track
	from, to int
	shift    int64
}

// segment lays segment n out.
func (s *Stream) segment(n int) (*layout, error) {
	if n < 0 || n >= len(s.segments) {
		return nil, errs.New(errs.NotFound, "not_found", "the video has %d segments", len(s.segments))
	}
	seg := s.segments[n]
	runs := make([]run, 0, 2)
	if seg.v1 > seg.v0 {
		runs = append(runs, run{av.VideoID, s.video, seg.v0, seg.v1, s.v.Shift})
	}
	if seg.a1 > seg.a0 {
		runs = append(runs, run{av.AudioID, s.audio, seg.a0, seg.a1, s.a.Shift})
	}
	size := 8 + mfhdSize
	for _, r := range runs {
		size += trafHead + runEntry*(r.to-r.from)
	}
	l := &layout{r: s.r}
	head := make([]byte, 0, size+8)
	head = box(head, size, "moof")
	head = box(head, mfhdSize, "mfhd")
	head = words(head, 0, uint32(n+1))
	extents := make([]piece, 0, 64)
	media := int64(0)
	for _, r := range runs {
		head, extents, media = r.append(head, extents, uint32(size+8), media)
	}
	head = box(head, int(media)+8, "mdat")
	l.add(piece{mem: head, n: int64(len(head))})
	for _, e := range extents {
		l.add(e)
	}
	return l, nil
}

// append writes the run's traf and collects where its media lies. media is how many bytes of the
// mdat precede it.
func (r run) append(head []byte, extents []piece, base uint32, media int64) ([]byte, []piece, int64) {
	count := r.to - r.from
	cursor := r.track.Samples.Cursor(r.from)
	head = box(head, trafHead+runEntry*count, "traf")
	head = box(head, 16, "tfhd")
	head = words(head, defaultBaseIsMoof, r.id)
	head = box(head, 20, "tfdt")
	head = words(head, 1<<24)
	start := max(0, r.track.Samples.DTS(r.from)+r.shift)
	head = binary.BigEndian.AppendUint64(head, uint64(start))
	head = box(head, 20+runEntry*count, "trun")
	head = words(head, 1<<24|runFields, uint32(count), base+uint32(media))
	var sample mp4.Sample
	for i := r.from; i < r.to; i++ {
		cursor.Next(&sample)
		flags := uint32(dependentFlags)
		if sample.Key {
			flags = syncFlags
		}
		// The distance to the next sample rather than its own duration: a gap between fragments of
		// the upload would otherwise shift everything behind it.
		duration := r.track.Samples.DTS(i+1) - sample.DTS
		head = words(head, uint32(min(duration, 1<<32-1)), sample.Size, flags, uint32(sample.CTS))
		media += int64(sample.Size)
		if last := len(extents) - 1; last >= 0 && extents[last].off+extents[last].n == sample.Offset {
			extents[last].n += int64(sample.Size)
		} else {
			extents = append(extents, piece{off: sample.Offset, n: int64(sample.Size)})
		}
	}
	return head, extents, media
}

func box(b []byte, size int, kind string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(size)), kind...)
}

func words(b []byte, values ...uint32) []byte {
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}
