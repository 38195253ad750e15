package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"

	"github.com/hawker-live/hawker/internal/media/av"
)

func TestASC_Vectors(t *testing.T) {
	for _, c := range []struct {
		name, hex           string
		rate, frame, chans  int
		tag                 string
		coreRate, extension int
	}{
		{"LC 44100 stereo", "1210", 44100, 1024, 2, "mp4a.40.2", 44100, 0},
		{"LC 48000 mono", "1188", 48000, 1024, 1, "mp4a.40.2", 48000, 0},
		{"LC with trailing no-SBR mark", "119056e500", 48000, 1024, 2, "mp4a.40.2", 48000, 0},
		{"HE hierarchical 24 to 48", "2b118800", 48000, 2048, 2, "mp4a.40.5", 24000, 48000},
		{"HE backward compatible", "131056e598", 48000, 2048, 2, "mp4a.40.5", 24000, 48000},
		{"7.1", "11b8", 48000, 1024, 8, "mp4a.40.2", 48000, 0},
	} {
		a, err := ParseASC(unhex(t, c.hex))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if a.SampleRate() != c.rate || a.FrameSamples() != c.frame || a.Channels != c.chans || a.Tag() != c.tag ||
			a.CoreRate != c.coreRate || a.ExtensionRate != c.extension {
			t.Errorf("%s: %+v, %d Hz, %d samples, %s", c.name, a, a.SampleRate(), a.FrameSamples(), a.Tag())
		}
	}
}

func TestASC_BuildRoundTrip(t *testing.T) {
	for _, a := range []ASC{
		{ObjectType: 2, CoreRate: 44100, Channels: 2},
		{ObjectType: 2, CoreRate: 48000, Channels: 1, Short: true},
		{ObjectType: 2, CoreRate: 24000, Channels: 2, SBR: true, ExtensionRate: 48000},
		{ObjectType: 2, CoreRate: 22050, Channels: 1, SBR: true, PS: true, ExtensionRate: 44100},
		{ObjectType: 2, CoreRate: 47999, Channels: 8},
	} {
		b, err := a.Build()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseASC(b)
		if err != nil || got != a {
			t.Errorf("%+v became %x became %+v, %v", a, b, got, err)
		}
	}
	for _, a := range []ASC{
		{ObjectType: 2, CoreRate: 44100, Channels: 9},
		{ObjectType: 2, CoreRate: 1, Channels: 2},
		{ObjectType: 42, CoreRate: 48000, Channels: 2},
		{ObjectType: 2, CoreRate: 24000, Channels: 2, SBR: true, ExtensionRate: 44100},
	} {
		if b, err := a.Build(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%+v built %x, %v", a, b, err)
		}
	}
}

func TestParseASC_Refusals(t *testing.T) {
	for name, h := range map[string]string{
		"empty": "", "one byte": "12", "reserved rate": "1690", "no channels, no program": "1200",
		"xHE": "f94088", "reserved channels": "1240",
	} {
		if a, err := ParseASC(unhex(t, h)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	everyPrefix(t, unhex(t, "131056e598"), func(b []byte) { _, _ = ParseASC(b) })
	everyPrefix(t, unhex(t, "1180044008040a0000"), func(b []byte) { _, _ = ParseASC(b) })
}

func TestOpus_HeadAndDOpsAreTheSameConfig(t *testing.T) {
	for _, c := range []OpusConfig{
		{Channels: 2, PreSkip: 312, InputRate: 48000, Gain: -256},
		{Channels: 6, PreSkip: 3840, InputRate: 44100, Family: 1, Mapping: []byte{4, 2, 0, 4, 1, 2, 3, 5}},
	} {
		head, err := ParseOpusHead(c.OpusHead())
		if err != nil || !reflect.DeepEqual(head, c) {
			t.Errorf("OpusHead: %+v, %v", head, err)
		}
		dops, err := ParseDOps(c.DOps())
		if err != nil || !reflect.DeepEqual(dops, c) {
			t.Errorf("dOps: %+v, %v", dops, err)
		}
		for _, config := range [][]byte{c.OpusHead(), c.DOps()} {
			tr, err := Track(av.Opus, config, OpusRate)
			if err != nil || !bytes.Equal(tr.Config, c.DOps()) || tr.SampleRate != 48000 || tr.Channels != c.Channels || tr.CodecTag != "Opus" {
				t.Errorf("track %+v, %v", tr, err)
			}
			everyPrefix(t, config, func(b []byte) { _, _ = Track(av.Opus, b, OpusRate) })
		}
	}
	if _, err := ParseDOps([]byte{0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}); !errors.Is(err, ErrMalformed) {
		t.Errorf("family 0 with three channels: %v", err)
	}
}

func TestOpusSamples(t *testing.T) {
	for _, c := range []struct {
		packet []byte
		want   int
	}{
		{[]byte{0xfc}, 960},          // CELT 20 ms, one frame
		{[]byte{0xe0}, 120},          // CELT 2.5 ms
		{[]byte{0x78 | 1}, 1920},     // hybrid 20 ms, two frames
		{[]byte{0x18}, 2880},         // SILK 60 ms
		{[]byte{0x18 | 1}, 5760},     // 120 ms, the longest
		{[]byte{0xfc | 3, 3}, 2880},  // three frames of 20 ms
		{[]byte{0xe0 | 3, 48}, 5760}, // 48 of 2.5 ms
	} {
		if got, err := OpusSamples(c.packet); err != nil || got != c.want {
			t.Errorf("%x: %d, %v; want %d", c.packet, got, err, c.want)
		}
	}
	for _, p := range [][]byte{nil, {0xff}, {0xff, 0}, {0x1b, 3}} {
		if n, err := OpusSamples(p); !errors.Is(err, ErrMalformed) {
			t.Errorf("%x: %d, %v", p, n, err)
		}
	}
}

// OpusHead writes the Ogg form.
func (c OpusConfig) OpusHead() []byte {
	out := append([]byte(nil), opusMagic...)
	out = append(out, 1, byte(c.Channels))
	out = binary.LittleEndian.AppendUint16(out, c.PreSkip)
	out = binary.LittleEndian.AppendUint32(out, c.InputRate)
	out = binary.LittleEndian.AppendUint16(out, uint16(c.Gain))
	out = append(out, c.Family)
	return append(out, c.Mapping...)
}
