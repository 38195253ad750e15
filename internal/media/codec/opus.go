package codec

import (
	"bytes"
	"encoding/binary"
)

// OpusRate is the clock of Opus in ISOBMFF and RTP, in Hz, whatever the input rate was.
const OpusRate = 48000

// maxOpusSamples is the longest packet: 120 ms (RFC 6716 3.2.5).
const maxOpusSamples = 5760

var opusMagic = []byte("OpusHead")

// OpusConfig is an identification header (RFC 7845 5.1), in MP4 the dOps box (Opus in ISOBMFF 4.3.2).
type OpusConfig struct {
	Channels  int
	PreSkip   uint16 // samples at 48 kHz
	InputRate uint32 // Hz, informative
	Gain      int16  // Q7.8 dB
	Family    byte   // channel mapping family
	Mapping   []byte // stream count, coupled count, one byte per channel; empty for family 0
}

// ParseOpusHead reads the little-endian Ogg form, magic included.
func ParseOpusHead(b []byte) (OpusConfig, error) {
	if len(b) < 19 || !bytes.HasPrefix(b, opusMagic) || b[8]&0xf0 != 0 {
		return OpusConfig{}, malformed("OpusHead of %d bytes", len(b))
	}
	return opusConfig(b[9], b[18], b[19:], OpusConfig{
		PreSkip:   binary.LittleEndian.Uint16(b[10:]),
		InputRate: binary.LittleEndian.Uint32(b[12:]),
		Gain:      int16(binary.LittleEndian.Uint16(b[16:])),
	})
}

// ParseDOps reads the big-endian MP4 form, without box header.
func ParseDOps(b []byte) (OpusConfig, error) {
	if len(b) < 11 || b[0] != 0 {
		return OpusConfig{}, malformed("dOps of %d bytes", len(b))
	}
	return opusConfig(b[1], b[10], b[11:], OpusConfig{
		PreSkip:   binary.BigEndian.Uint16(b[2:]),
		InputRate: binary.BigEndian.Uint32(b[4:]),
		Gain:      int16(binary.BigEndian.Uint16(b[8:])),
	})
}

func opusConfig(channels, family byte, table []byte, c OpusConfig) (OpusConfig, error) {
	c.Channels, c.Family = int(channels), family
	if channels == 0 || family == 0 && channels > 2 {
		return OpusConfig{}, malformed("Opus family %d with %d channels", family, channels)
	}
	if family == 0 {
		return c, nil
	}
	if len(table) < 2+c.Channels {
		return OpusConfig{}, malformed("Opus channel table of %d bytes", len(table))
	}
	c.Mapping = table[: 2+c.Channels : 2+c.Channels]
	return c, nil
}

// DOps writes the MP4 form.
func (c OpusConfig) DOps() []byte {
	out := []byte{0, byte(c.Channels)}
	out = binary.BigEndian.AppendUint16(out, c.PreSkip)
	out = binary.BigEndian.AppendUint32(out, c.InputRate)
	out = binary.BigEndian.AppendUint16(out, uint16(c.Gain))
	out = append(out, c.Family)
	return append(out, c.Mapping...)
}

// OpusSamples is the duration of a packet in samples at 48 kHz, read from its TOC (RFC 6716 3.1).
func OpusSamples(packet []byte) (int, error) {
	if len(packet) == 0 {
		return 0, malformed("empty Opus packet")
	}
	config := packet[0] >> 3
	var frame int
	switch {
	case config < 12: // SILK: 10, 20, 40, 60 ms
		frame = [...]int{480, 960, 1920, 2880}[config&3]
	case config < 16: // hybrid: 10, 20 ms
		frame = [...]int{480, 960}[config&1]
	default: // CELT: 2.5, 5, 10, 20 ms
		frame = 120 << (config & 3)
	}
	frames := 1
	switch packet[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(packet) < 2 {
			return 0, malformed("Opus packet without frame count")
		}
		frames = int(packet[1] & 0x3f)
	}
	if n := frame * frames; n > 0 && n <= maxOpusSamples {
		return n, nil
	}
	return 0, malformed("Opus packet of %d frames of %d samples", frames, frame)
}
