package mp4

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/hawker-live/hawker/internal/errs"
)

// Parse reads the index of the file r of size bytes. It accepts progressive and fragmented files,
// moov before or after the data.
//
// Errors: not_a_video, truncated_video, broken_video, video_too_long (see package errs), or the
// reader's own error wrapped. Codecs are not judged here; see Movie.Playable.
func Parse(r io.ReaderAt, size int64) (*Movie, error) {
	m := &Movie{Size: size, MdatOffset: size}
	p := &parser{r: r, m: m, left: MaxIndexBytes}
	if err := p.scan(); err != nil {
		return nil, err
	}
	if p.moov == nil {
		if p.sawMeta || !p.sawData {
			return nil, notAVideo() // a picture such as HEIC, or no media at all
		}
		return nil, truncated("its index is missing")
	}
	if err := p.movie(); err != nil {
		return nil, err
	}
	if err := p.fragments(); err != nil {
		return nil, err
	}
	return m, p.finish()
}

// parser holds what is needed only while reading.
type parser struct {
	r       io.ReaderAt
	m       *Movie
	left    int64 // bytes of index that may still be read
	samples int   // samples found so far, all tracks
	tables  int64 // bytes of their columns, at most maxTableBytes

	moov    []byte // body
	moofs   []moofAt
	sawMeta bool
	sawData bool // an ftyp that is not a picture's, or an mdat

	builders []*builder
	defaults map[uint32]trex
}

type moofAt struct{ offset, size int64 }

// firstKinds are the box types a video file may begin with. Anything else is another kind of file.
var firstKinds = []string{"ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp", "sidx", "uuid"}

// scan walks the top-level boxes, reads moov and notes where fragments lie.
func (p *parser) scan() error {
	var buf [16]byte
	for off, n := int64(0), 0; off < p.m.Size; n++ {
		if n == maxTopBoxes {
			return broken("too many boxes")
		}
		got := min(16, p.m.Size-off)
		if err := p.read(buf[:got], off); err != nil {
			return err
		}
		kind, size, head, ok := header(buf[:got])
		if n == 0 && (kind == "" || !slices.Contains(firstKinds, kind)) {
			return notAVideo()
		}
		if !ok {
			return p.tail("box size")
		}
		if size == 0 {
			size = p.m.Size - off
		}
		if size > p.m.Size-off {
			if kind == "moov" {
				return truncated("inside its index")
			}
			if kind == "mdat" {
				p.sawData = true
				p.m.MdatOffset = min(p.m.MdatOffset, off)
			}
			p.m.Incomplete = true
			return p.tail("box " + printable(kind))
		}
		if err := p.top(kind, off, size, head); err != nil {
			return err
		}
		off += size
	}
	return nil
}

// tail decides about bytes at the end that are no complete box: harmless after an index (recorders
// pad, and a crash leaves half a fragment; whether samples are missing is checked later), fatal before.
func (p *parser) tail(what string) error {
	if p.moov != nil {
		return nil
	}
	if p.sawData {
		return truncated(what)
	}
	return notAVideo()
}

func (p *parser) top(kind string, off, size int64, head int) error {
	switch kind {
	case "ftyp", "styp":
		p.sawData = true
	case "meta":
		p.sawMeta = true
	case "mdat":
		p.sawData = true
		p.m.MdatOffset = min(p.m.MdatOffset, off)
	case "moof":
		p.moofs = append(p.moofs, moofAt{off, size})
	case "moov":
		if p.moov != nil {
			return nil // a second moov is a stale copy; players use the first
		}
		body, err := p.index(off+int64(head), size-int64(head))
		if err != nil {
			return err
		}
		p.moov, p.m.MoovOffset, p.m.MoovSize = body, off, size
		p.m.FastStart = p.m.MdatOffset > off
	}
	return nil
}

// index reads part of the index, charging it to the limit.
func (p *parser) index(off, size int64) ([]byte, error) {
	if size > p.left {
		return nil, broken("its index is too large")
	}
	p.left -= size
	b := make([]byte, size)
	return b, p.read(b, off)
}

func (p *parser) read(b []byte, off int64) error {
	n, err := p.r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == io.EOF || err == nil {
		return truncated("the file is shorter than announced")
	}
	return fmt.Errorf("read video at %d: %w", off, err)
}

// finish turns builders into tables and checks the whole.
func (p *parser) finish() error {
	for _, b := range p.builders {
		table, err := b.table()
		if err != nil {
			return err
		}
		t := b.track
		if b.counted && b.n > 0 {
			p.m.Tracks = append(p.m.Tracks, t)
			continue
		}
		if table.Len() == 0 {
			continue
		}
		t.Samples = table
		if seconds := t.Playlength() / int64(t.Timescale); seconds > int64(MaxDuration.Seconds()) {
			return tooLong()
		}
		p.m.Tracks = append(p.m.Tracks, t)
	}
	if len(p.m.Tracks) > 0 {
		return p.m.sane()
	}
	if len(p.builders) == 0 {
		return errs.New(errs.Invalid, "no_video_track", "the file has no picture and no sound; upload a video")
	}
	if p.m.Incomplete {
		return truncated("nothing of it arrived")
	}
	return broken("it holds no samples")
}

// sane drops edit lists that would leave nothing, and refuses tracks that do not meet within
// MaxDuration: whoever walks the presentation's time must come to its end.
func (m *Movie) sane() error {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for _, t := range []*Track{m.Video(), m.Audio()} {
		if t == nil || t.Samples.Len() == 0 {
			continue
		}
		if t.Edit.Start >= t.Samples.End() {
			t.Edit.Start, t.Edit.Length = 0, 0
		}
		delay := Rescale(t.Edit.Delay, 1000, m.Timescale)
		if delay > MaxDuration.Milliseconds() {
			return broken("edit list")
		}
		first = min(first, Rescale(t.Samples.Start()-t.Edit.Start, 1000, t.Timescale)+delay)
		last = max(last, Rescale(t.Samples.End()-t.Edit.Start, 1000, t.Timescale)+delay)
	}
	if first < last && (last-first < 0 || last-first > MaxDuration.Milliseconds()) {
		return tooLong()
	}
	return nil
}
