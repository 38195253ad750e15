package mp4

import "math"

// unity is the identity matrix of tkhd: 16.16 fixed point, the last column 2.30.
var unity = [9]int32{0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000}

// trex holds a track's defaults for fragments (ISO/IEC 14496-12 8.8.3).
type trex struct{ duration, size, flags uint32 }

func (p *parser) movie() error {
	p.defaults = map[uint32]trex{}
	traks := 0
	var movieSeen bool
	var bodies [][]byte
	err := children(p.moov, func(kind string, body, _ []byte) error {
		switch kind {
		case "mvhd":
			movieSeen = true
			return p.mvhd(body)
		case "cmov":
			return unsupported("a compressed QuickTime index")
		case "mvex":
			return p.mvex(body)
		case "trak":
			if traks++; traks > MaxTracks {
				return broken("too many tracks")
			}
			bodies = append(bodies, body)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !movieSeen {
		return broken("no movie header")
	}
	for _, body := range bodies { // after mvhd, whose timescale edit lists need
		if err := p.trak(body); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) mvhd(b []byte) error {
	version, _, b, err := full(b)
	if err != nil {
		return err
	}
	at := 8
	if version == 1 {
		at = 16
	}
	if len(b) < at+4 {
		return broken("movie header is short")
	}
	if p.m.Timescale = be32(b[at:]); p.m.Timescale == 0 {
		return broken("zero timescale")
	}
	return nil
}

func (p *parser) mvex(b []byte) error {
	return children(b, func(kind string, body, _ []byte) error {
		if kind != "trex" {
			return nil
		}
		_, _, body, err := full(body)
		if err != nil || len(body) < 20 {
			return broken("fragment defaults are short")
		}
		if len(p.defaults) < MaxTracks {
			p.defaults[be32(body)] = trex{be32(body[8:]), be32(body[12:]), be32(body[16:])}
		}
		return nil
	})
}

// trak reads one track. Tracks that are neither picture nor sound (chapters, timecode, metadata)
// are left out without looking further, so that an odd one cannot refuse the file.
func (p *parser) trak(b []byte) error {
	t := &Track{Matrix: unity, Language: "und"}
	var mdia, elst []byte
	err := children(b, func(kind string, body, _ []byte) error {
		switch kind {
		case "tkhd":
			return t.tkhd(body)
		case "mdia":
			mdia = body
		case "edts":
			return children(body, func(kind string, body, _ []byte) error {
				if kind == "elst" {
					elst = body
				}
				return nil
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	var handler string
	var minf []byte
	err = children(mdia, func(kind string, body, _ []byte) error {
		switch kind {
		case "mdhd":
			return t.mdhd(body)
		case "hdlr":
			if len(body) >= 12 {
				handler = string(body[8:12])
			}
		case "minf":
			minf = body
		}
		return nil
	})
	if err != nil || (handler != "vide" && handler != "soun") {
		return err
	}
	t.Video = handler == "vide"
	if t.Timescale == 0 {
		return broken("zero timescale")
	}
	if elst != nil {
		if t.Edit, err = parseEdit(elst); err != nil {
			return err
		}
	}
	return p.minf(t, minf)
}

func (p *parser) minf(t *Track, minf []byte) error {
	return children(minf, func(kind string, body, _ []byte) error {
		if kind == "dinf" {
			return children(body, references)
		}
		if kind != "stbl" {
			return nil
		}
		build := &builder{track: t, parser: p}
		if err := build.stbl(body); err != nil {
			return err
		}
		if t.FourCC == "" {
			return broken("a track without description")
		}
		if t.Video {
			t.display()
		}
		p.builders = append(p.builders, build)
		return nil
	})
}

// references refuses tracks whose samples are said to lie in another file (ISO/IEC 14496-12 8.7.2): the
// offsets of such a track mean nothing in this one, and nobody shall fetch what it names. An entry with
// an empty location, which some writers leave without the self-contained flag, means this file.
func references(kind string, body, _ []byte) error {
	if kind != "dref" {
		return nil
	}
	if _, _, _, err := list(body, 12, "the data references"); err != nil { // an entry is a full box, at least 12 bytes
		return err
	}
	return children(body[8:], func(_ string, body, _ []byte) error {
		_, flags, location, err := full(body)
		if err == nil && flags&1 == 0 && len(location) > 0 {
			return unsupported("media kept in another file")
		}
		return err
	})
}

func (t *Track) tkhd(b []byte) error {
	version, flags, b, err := full(b)
	if err != nil {
		return err
	}
	id, matrix := 8, 36
	if version == 1 {
		id, matrix = 16, 48
	}
	if len(b) < matrix+44 {
		return broken("track header is short")
	}
	t.Enabled = flags&1 != 0
	t.ID = be32(b[id:])
	for i := range t.Matrix {
		t.Matrix[i] = int32(be32(b[matrix+4*i:]))
	}
	t.DisplayWidth = int((uint64(be32(b[matrix+36:])) + 1<<15) >> 16)
	t.DisplayHeight = int((uint64(be32(b[matrix+40:])) + 1<<15) >> 16)
	return nil
}

// display derives rotation and what the viewer sees from the track matrix.
func (t *Track) display() {
	if t.DisplayWidth == 0 || t.DisplayHeight == 0 {
		t.DisplayWidth, t.DisplayHeight = t.Width, t.Height
	}
	// The first row of the matrix is the image of the x axis; its direction is the turn.
	angle := math.Atan2(float64(t.Matrix[1]), float64(t.Matrix[0])) * 180 / math.Pi
	t.Rotation = (int(math.Round(angle/90))*90 + 360) % 360
	if t.Rotation%180 != 0 {
		t.DisplayWidth, t.DisplayHeight = t.DisplayHeight, t.DisplayWidth
	}
}

func (t *Track) mdhd(b []byte) error {
	version, _, b, err := full(b)
	if err != nil {
		return err
	}
	at := 8
	if version == 1 {
		at = 16
	}
	if len(b) < at+4 {
		return broken("media header is short")
	}
	t.Timescale = be32(b[at:])
	lang := at + 8
	if version == 1 {
		lang = at + 12
	}
	if len(b) >= lang+2 {
		t.Language = language(be16(b[lang:]))
	}
	return nil
}

// language unpacks three letters of five bits (ISO/IEC 14496-12 8.4.2); QuickTime's numbers and
// nonsense are "und".
func language(code uint16) string {
	letters := []byte{byte(code >> 10 & 31), byte(code >> 5 & 31), byte(code & 31)}
	for i := range letters {
		if letters[i] < 1 || letters[i] > 26 {
			return "und"
		}
		letters[i] += 'a' - 1
	}
	return string(letters)
}
