package cmaf

import (
	"slices"
	"strings"

	"github.com/hawker-live/hawker/internal/media/av"
)

// sampleEntry writes the box that names the codec and carries its decoder configuration.
func (w *writer) sampleEntry(t *av.Track) {
	switch t.Codec {
	case av.H264:
		w.visual("avc1", "avcC", t)
	case av.HEVC:
		// hvc1, not hev1: parameter sets only in the entry, the one form Apple players take.
		w.visual("hvc1", "hvcC", t)
	case av.AV1:
		w.visual("av01", "av1C", t)
	case av.AAC:
		w.audio("mp4a", t, func() { w.esds(t) })
	case av.Opus:
		w.audio("Opus", t, func() { w.box("dOps", func() { w.raw(t.Config) }) })
	}
}

// visual is a VisualSampleEntry (ISO/IEC 14496-12 12.1.3).
func (w *writer) visual(typ, config string, t *av.Track) {
	w.box(typ, func() {
		w.zeros(6)
		w.u16(1) // data_reference_index
		w.zeros(16)
		w.u16(uint16(t.Width))
		w.u16(uint16(t.Height))
		w.u32(0x00480000) // 72 dpi, both ways
		w.u32(0x00480000)
		w.u32(0)
		w.u16(1)    // frames per sample
		w.zeros(32) // compressor name
		w.u16(0x0018)
		w.u16(0xffff)
		w.box(config, func() { w.raw(t.Config) })
	})
}

// audio is an AudioSampleEntry (ISO/IEC 14496-12 12.2.3).
func (w *writer) audio(typ string, t *av.Track, config func()) {
	w.box(typ, func() {
		w.zeros(6)
		w.u16(1)
		w.zeros(8)
		w.u16(uint16(t.Channels))
		w.u16(16) // sample size: a template value for compressed sound
		w.zeros(4)
		if t.SampleRate <= 0xffff {
			w.fix(float64(t.SampleRate))
		} else {
			w.u32(0) // 88.2 and 96 kHz do not fit 16.16; the decoder configuration rules
		}
		config()
	})
}

// esds wraps the AudioSpecificConfig in the descriptors of ISO/IEC 14496-1 7.2.6.
func (w *writer) esds(t *av.Track) {
	const (
		esTag, decoderTag, specificTag, slTag = 3, 4, 5, 6

		mpeg4Audio  = 0x40
		audioStream = 5<<2 | 1
		slMP4       = 2
	)
	specific := descriptor(specificTag, t.Config)
	decoder := append([]byte{mpeg4Audio, audioStream, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, specific...)
	es := []byte{0, byte(t.ID), 0}
	es = append(es, descriptor(decoderTag, decoder)...)
	es = append(es, descriptor(slTag, []byte{slMP4})...)
	w.full("esds", 0, 0, func() { w.raw(descriptor(esTag, es)) })
}

// descriptor writes tag, length in the four-byte expandable form every reader takes, and body.
func descriptor(tag byte, body []byte) []byte {
	n := len(body)
	out := []byte{tag, 0x80 | byte(n>>21), 0x80 | byte(n>>14), 0x80 | byte(n>>7), byte(n) & 0x7f}
	return append(out, body...)
}

// Codecs is the CODECS attribute of a track set (RFC 6381 3.3): the tag of each track, pictures
// first, without repeats. It says exactly what the tracks say of themselves.
func Codecs(tracks []av.Track) string {
	var tags []string
	for _, pictures := range []bool{true, false} {
		for _, t := range tracks {
			if t.Codec.Video() == pictures && t.CodecTag != "" && !slices.Contains(tags, t.CodecTag) {
				tags = append(tags, t.CodecTag)
			}
		}
	}
	return strings.Join(tags, ",")
}
