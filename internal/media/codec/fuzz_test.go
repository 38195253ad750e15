package codec

import (
	"bytes"
	"testing"

	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/fuzztest"
)

// headerCost: a configuration is copied a few times; slices of slices cost 24 bytes for each three of input.
var headerCost = fuzztest.Cost{Fixed: 64 << 10, PerByte: 64}

func FuzzAVCC(f *testing.F) {
	for _, s := range []string{avccHigh, avccBaseline, avcc444, avccInterlace} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzztest.Within(t, len(b), headerCost, func() {
			rec, err := ParseAVCC(b)
			if err != nil {
				return
			}
			built, err := BuildAVCC(rec.SPS, rec.PPS)
			if err != nil {
				return
			}
			again, err := ParseAVCC(built)
			if err != nil || len(again.SPS) > len(rec.SPS) || !bytes.Equal(again.SPS[0], rec.SPS[0]) {
				t.Fatalf("rebuilt record does not parse back: %v", err)
			}
		})
	})
}

func FuzzSPS(f *testing.F) {
	for _, s := range []string{avccHigh, avccBaseline, avcc444, avccInterlace} {
		rec, err := ParseAVCC(unhex(f, s))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(rec.SPS[0])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzztest.Within(t, len(b), headerCost, func() {
			if s, err := ParseH264SPS(b); err == nil && (s.Width < 1 || s.Height < 1 || s.Width > maxDimension || s.Height > maxDimension || s.FPS < 0) {
				t.Fatalf("%+v", s)
			}
		})
	})
}

func FuzzHVCC(f *testing.F) {
	f.Add(hvcc(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzztest.Within(t, len(b), headerCost, func() {
			if tr, err := Track(av.HEVC, b, 1000); err == nil && (tr.Width < 1 || tr.Height < 1) {
				t.Fatalf("%+v", tr)
			}
		})
	})
}

func FuzzAV1(f *testing.F) {
	f.Add(unhex(f, av1cHex))
	f.Add(unhex(f, av1KeyHex))
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzztest.Within(t, len(b), headerCost, func() {
			_, _ = ParseAV1C(b)
			IsKey(av.AV1, b)
			if s, err := AV1Sample(b); err == nil && len(s) > len(b) {
				t.Fatal("a sample grew")
			}
		})
	})
}

func FuzzASC(f *testing.F) {
	for _, s := range []string{"1210", "119056e500", "2b118800", "131056e598", "1180044008040a0000"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzztest.Within(t, len(b), headerCost, func() {
			a, err := ParseASC(b)
			if err != nil {
				return
			}
			if a.FrameSamples() < 960 || a.FrameSamples() > 2048 || a.SampleRate() < 7350 {
				t.Fatalf("%+v", a)
			}
			if built, err := a.Build(); err == nil {
				if again, err := ParseASC(built); err != nil || again != a {
					t.Fatalf("%+v became %+v, %v", a, again, err)
				}
			}
		})
	})
}

func FuzzOpus(f *testing.F) {
	f.Add(OpusConfig{Channels: 2, PreSkip: 312, InputRate: 48000}.OpusHead())
	f.Add(OpusConfig{Channels: 1, Family: 1, Mapping: []byte{1, 0, 0}}.DOps())
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzztest.Within(t, len(b), headerCost, func() {
			_, _ = Track(av.Opus, b, OpusRate)
			if n, err := OpusSamples(b); err == nil && (n < 120 || n > maxOpusSamples) {
				t.Fatalf("%d samples", n)
			}
		})
	})
}

func FuzzNALs(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x68, 3}, 4)
	f.Add([]byte{0, 2, 0x65, 1}, 2)
	f.Fuzz(func(t *testing.T, b []byte, size int) {
		fuzztest.Within(t, len(b), headerCost, func() {
			if nals, err := SplitAnnexB(b); err == nil {
				again, err := SplitAVCC(JoinAVCC(nals))
				if err != nil || len(again) != len(nals) {
					t.Fatalf("%d units became %d, %v", len(nals), len(again), err)
				}
			}
			if size != 1 && size != 2 {
				size = 4
			}
			if n, err := NormaliseLengths(b, size); err == nil {
				if _, err := SplitAVCC(n); err != nil {
					t.Fatal(err)
				}
			}
		})
	})
}
