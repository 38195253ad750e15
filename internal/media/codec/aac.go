package codec

import "fmt"

// MPEG-4 audio object types (ISO/IEC 14496-3 table 1.17).
const (
	aotLC  = 2
	aotSBR = 5
	aotPS  = 29
)

// ASC is an AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1).
type ASC struct {
	ObjectType    int // of the core: 2 for AAC-LC
	CoreRate      int // Hz, of the core coder
	Channels      int
	SBR, PS       bool // signalled explicitly
	ExtensionRate int  // Hz, the output rate with SBR; 0 without
	Short         bool // 960 samples in a frame instead of 1,024
}

var aacRates = [...]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// aacChannels maps channelConfiguration to a count; 0 means "see the program config element".
var aacChannels = [16]int{0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0}

// SampleRate is what a player puts out, in Hz.
func (a ASC) SampleRate() int {
	if a.SBR && a.ExtensionRate > 0 {
		return a.ExtensionRate
	}
	return a.CoreRate
}

// FrameSamples is the length of one frame in samples at SampleRate.
func (a ASC) FrameSamples() int {
	n := 1024
	if a.Short {
		n = 960
	}
	if a.CoreRate > 0 {
		n = n * a.SampleRate() / a.CoreRate
	}
	return n
}

// Tag is the RFC 6381 string, e.g. mp4a.40.2.
func (a ASC) Tag() string {
	switch {
	case a.PS:
		return "mp4a.40.29"
	case a.SBR:
		return "mp4a.40.5"
	}
	return fmt.Sprintf("mp4a.40.%d", a.ObjectType)
}

// ParseASC reads an AudioSpecificConfig with hierarchical or backward compatible SBR signalling.
func ParseASC(b []byte) (ASC, error) {
	if len(b) < 2 {
		return ASC{}, malformed("AudioSpecificConfig of %d bytes", len(b))
	}
	r := &bitReader{data: b}
	a := ASC{ObjectType: objectType(r), CoreRate: sampleRate(r)}
	channelConfig := r.u(4)
	if a.ObjectType == aotSBR || a.ObjectType == aotPS {
		a.SBR, a.PS = true, a.ObjectType == aotPS
		a.ExtensionRate = sampleRate(r)
		a.ObjectType = objectType(r)
	}
	switch a.ObjectType {
	case 1, aotLC, 3, 4: // Main, LC, SSR, LTP share GASpecificConfig
	default:
		return ASC{}, malformed("audio object type %d", a.ObjectType)
	}
	a.Short = r.flag()
	if r.flag() { // dependsOnCoreCoder
		r.skip(14)
	}
	r.skip(1) // extensionFlag, no fields follow it for these object types
	a.Channels = aacChannels[channelConfig]
	if channelConfig == 0 {
		a.Channels = programChannels(r)
	}
	if r.over {
		return ASC{}, malformed("AudioSpecificConfig ends early")
	}
	if !a.SBR {
		parseSyncExtension(r, &a)
	}
	if a.CoreRate < 7350 || a.CoreRate > 96000 || a.Channels < 1 {
		return ASC{}, malformed("AAC at %d Hz with %d channels", a.CoreRate, a.Channels)
	}
	if a.SBR && a.ExtensionRate != a.CoreRate && a.ExtensionRate != 2*a.CoreRate {
		return ASC{}, malformed("SBR at %d Hz over %d Hz", a.ExtensionRate, a.CoreRate)
	}
	return a, nil
}

func objectType(r *bitReader) int {
	t := int(r.u(5))
	if t == 31 {
		t = 32 + int(r.u(6))
	}
	return t
}

func sampleRate(r *bitReader) int {
	i := r.u(4)
	if i == 15 {
		return int(r.u(24))
	}
	if int(i) >= len(aacRates) {
		return 0
	}
	return aacRates[i]
}

// parseSyncExtension reads the backward compatible SBR and PS marks at the end of the
// configuration (0x2b7, 0x548). A torn one means "not signalled".
func parseSyncExtension(r *bitReader, a *ASC) {
	if r.left() < 16 || r.u(11) != 0x2b7 || objectType(r) != aotSBR || !r.flag() {
		return
	}
	rate := sampleRate(r)
	if r.over || rate == 0 {
		return
	}
	a.SBR, a.ExtensionRate = true, rate
	if r.left() >= 12 && r.u(11) == 0x548 {
		a.PS = r.flag()
	}
}

// programChannels counts the channels of a program_config_element (ISO/IEC 14496-3 4.4.1.1).
func programChannels(r *bitReader) int {
	r.skip(4 + 2 + 4)
	groups := int(r.u(4)) + int(r.u(4)) + int(r.u(4)) // front, side, back
	lfe, assoc, coupling := int(r.u(2)), int(r.u(3)), int(r.u(4))
	for _, bits := range [...]int{4, 4, 3} { // mono, stereo, matrix mixdown
		if r.flag() {
			r.skip(bits)
		}
	}
	channels := lfe
	for i := 0; i < groups; i++ {
		channels += 1 + int(r.u(1))
		r.skip(4)
	}
	r.skip(4*lfe + 4*assoc + 5*coupling)
	r.skip((8 - r.pos&7) & 7)
	r.skip(8 * int(r.u(8))) // comment
	return channels
}

// Build makes configuration bytes; the inverse of ParseASC for configurations without a program
// config element.
func (a ASC) Build() ([]byte, error) {
	channelConfig := -1
	for i, n := range aacChannels {
		if n == a.Channels && n > 0 {
			channelConfig = i
			break
		}
	}
	if channelConfig < 0 || a.ObjectType < 1 || a.ObjectType > 4 || a.CoreRate < 7350 || a.CoreRate > 96000 {
		return nil, malformed("AAC type %d at %d Hz with %d channels", a.ObjectType, a.CoreRate, a.Channels)
	}
	w := &bitWriter{}
	if a.SBR {
		if a.ExtensionRate != a.CoreRate && a.ExtensionRate != 2*a.CoreRate {
			return nil, malformed("SBR at %d Hz over %d Hz", a.ExtensionRate, a.CoreRate)
		}
		outer := uint32(aotSBR)
		if a.PS {
			outer = aotPS
		}
		w.u(5, outer)
	} else {
		w.u(5, uint32(a.ObjectType))
	}
	writeRate(w, a.CoreRate)
	w.u(4, uint32(channelConfig))
	if a.SBR {
		writeRate(w, a.ExtensionRate)
		w.u(5, uint32(a.ObjectType))
	}
	short := uint32(0)
	if a.Short {
		short = 1
	}
	w.u(3, short<<2)
	return w.out, nil
}

func writeRate(w *bitWriter, rate int) {
	for i, r := range aacRates {
		if r == rate {
			w.u(4, uint32(i))
			return
		}
	}
	w.u(4, 15)
	w.u(24, uint32(rate))
}
