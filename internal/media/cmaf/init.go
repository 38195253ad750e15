package cmaf

import "github.com/hawker-live/hawker/internal/media/av"

// movieTimescale is the clock of mvhd and tkhd; both durations are 0 in a fragmented file, so its
// value matters to nobody, but readers reject 0.
const movieTimescale = 1000

// Init returns ftyp + moov for the tracks. The tracks must be complete (Config, Timescale, and size
// or sample rate) and have distinct IDs; Init trusts its caller there, as the packager validates once.
func Init(tracks []av.Track) []byte {
	w := &writer{b: make([]byte, 0, 1536)}
	w.box("ftyp", func() {
		w.str("iso6")
		w.u32(0)
		w.str("iso6mp41hlsf")
		if len(tracks) == 1 {
			w.str("cmf2") // the CMAF brands describe files of exactly one track
		}
	})
	w.box("moov", func() {
		w.mvhd()
		for i := range tracks {
			w.trak(&tracks[i])
		}
		w.box("mvex", func() {
			for _, t := range tracks {
				w.trex(t.ID)
			}
		})
	})
	return w.b
}

func (w *writer) mvhd() {
	w.full("mvhd", 0, 0, func() {
		w.zeros(8) // creation and modification time: unset, so equal inputs give equal bytes
		w.u32(movieTimescale)
		w.u32(0)
		w.fix(1)       // rate
		w.u16(0x0100)  // volume
		w.zeros(2 + 8) // reserved
		w.unityMatrix()
		w.zeros(24)           // pre_defined
		w.u32(av.AudioID + 1) // next_track_ID
	})
}

func (w *writer) trak(t *av.Track) {
	w.box("trak", func() {
		w.tkhd(t)
		w.box("mdia", func() {
			w.full("mdhd", 0, 0, func() {
				w.zeros(8)
				w.u32(t.Timescale)
				w.u32(0)
				w.u16(0x55c4) // language "und"
				w.u16(0)
			})
			w.hdlr(t)
			w.box("minf", func() {
				w.mediaHeader(t)
				w.dinf()
				w.stbl(t)
			})
		})
	})
}

func (w *writer) tkhd(t *av.Track) {
	const enabledInMovieInPreview = 7
	w.full("tkhd", 0, enabledInMovieInPreview, func() {
		w.zeros(8)
		w.u32(uint32(t.ID))
		w.u32(0)
		w.u32(0)
		w.zeros(8)
		w.u16(0) // layer
		w.u16(0) // alternate_group
		if t.Codec.Video() {
			w.u16(0)
		} else {
			w.u16(0x0100) // full volume
		}
		w.u16(0)
		w.unityMatrix()
		if t.Codec.Video() {
			w.fix(float64(t.Width))
			w.fix(float64(t.Height))
		} else {
			w.zeros(8)
		}
	})
}

func (w *writer) hdlr(t *av.Track) {
	w.full("hdlr", 0, 0, func() {
		w.u32(0)
		if t.Codec.Video() {
			w.str("vide")
		} else {
			w.str("soun")
		}
		w.zeros(12)
		w.u8(0) // empty name
	})
}

func (w *writer) mediaHeader(t *av.Track) {
	if t.Codec.Video() {
		w.full("vmhd", 0, 1, func() { w.zeros(8) })
		return
	}
	w.full("smhd", 0, 0, func() { w.zeros(4) })
}

func (w *writer) dinf() {
	w.box("dinf", func() {
		w.full("dref", 0, 0, func() {
			w.u32(1)
			w.full("url ", 0, 1, func() {}) // flag 1: the media is in this file
		})
	})
}

// stbl describes the format; the sample tables stay empty because the samples live in fragments.
func (w *writer) stbl(t *av.Track) {
	w.box("stbl", func() {
		w.full("stsd", 0, 0, func() {
			w.u32(1)
			w.sampleEntry(t)
		})
		w.full("stts", 0, 0, func() { w.u32(0) })
		w.full("stsc", 0, 0, func() { w.u32(0) })
		w.full("stsz", 0, 0, func() { w.zeros(8) })
		w.full("stco", 0, 0, func() { w.u32(0) })
	})
}

func (w *writer) trex(id int) {
	w.full("trex", 0, 0, func() {
		w.u32(uint32(id))
		w.u32(1) // default_sample_description_index
		w.u32(0) // duration, size and flags come with each fragment
		w.u32(0)
		w.u32(0)
	})
}
