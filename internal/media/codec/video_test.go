package codec

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/media/av"
)

func TestTrack_VideoVectors(t *testing.T) {
	for _, c := range []struct {
		name, config string
		codec        av.Codec
		width        int
		height       int
		tag          string
	}{
		{"high", avccHigh, av.H264, 640, 360, "avc1.64001e"},
		{"baseline cropped", avccBaseline, av.H264, 1920, 1080, "avc1.42c028"},
		{"4:4:4 cropped", avcc444, av.H264, 720, 578, "avc1.f4001f"},
		{"interlaced", avccInterlace, av.H264, 720, 576, "avc1.4d401e"},
		{"av1", av1cHex, av.AV1, 642, 362, "av01.0.01M.08"},
	} {
		tr, err := Track(c.codec, unhex(t, c.config), 1000)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if tr.Width != c.width || tr.Height != c.height || tr.CodecTag != c.tag || tr.ID != av.VideoID || tr.Timescale != 1000 {
			t.Errorf("%s: got %dx%d %s id %d", c.name, tr.Width, tr.Height, tr.CodecTag, tr.ID)
		}
	}
	tr, err := Track(av.HEVC, hvcc(t), 90000)
	if err != nil || tr.Width != 642 || tr.Height != 362 || tr.CodecTag != "hvc1.1.6.L63.90" {
		t.Errorf("hevc: %+v, %v", tr, err)
	}
}

func TestH264SPS_FrameRate(t *testing.T) {
	for config, want := range map[string]float64{avccHigh: 30, avccBaseline: 25, avccInterlace: 25} {
		rec, err := ParseAVCC(unhex(t, config))
		if err != nil {
			t.Fatal(err)
		}
		sps, err := ParseH264SPS(rec.SPS[0])
		if err != nil || math.Abs(sps.FPS-want) > 0.001 {
			t.Errorf("rate %v, %v; want %v", sps.FPS, err, want)
		}
	}
}

func TestBuildAVCC_RebuildsWhatFFmpegWrote(t *testing.T) {
	for _, config := range []string{avccHigh, avccBaseline, avcc444, avccInterlace} {
		want := unhex(t, config)
		rec, err := ParseAVCC(want)
		if err != nil {
			t.Fatal(err)
		}
		// In-band sets repeat; the record holds each once.
		got, err := BuildAVCC(append(rec.SPS, rec.SPS...), append(rec.PPS, rec.PPS...))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("built %x, %v\nwant  %x", got, err, want)
		}
	}
	if _, err := BuildAVCC(nil, [][]byte{{0x68, 1}}); !errors.Is(err, ErrMalformed) {
		t.Errorf("no SPS: %v", err)
	}
	rec, _ := ParseAVCC(unhex(t, avccHigh))
	if _, err := BuildAVCC(rec.SPS, rec.SPS); !errors.Is(err, ErrMalformed) {
		t.Errorf("SPS in place of PPS: %v", err)
	}
}

func TestNALs_RoundTripBetweenFramings(t *testing.T) {
	stream := []byte{9, 9, 0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x68, 3, 0, 0, 0, 1, 0x65, 0, 0, 3, 1, 0, 0}
	nals, err := SplitAnnexB(stream)
	if err != nil || len(nals) != 3 {
		t.Fatalf("%x, %v", nals, err)
	}
	if !H264IsIDR(nals) || H264IsIDR(nals[:2]) {
		t.Error("IDR detection")
	}
	sps, pps := H264ParameterSets(nals)
	if len(sps) != 1 || len(pps) != 1 || !bytes.Equal(pps[0], []byte{0x68, 3}) {
		t.Errorf("parameter sets %x %x", sps, pps)
	}
	again, err := SplitAVCC(JoinAVCC(nals))
	if err != nil || len(again) != 3 || !bytes.Equal(again[2], []byte{0x65, 0, 0, 3, 1}) {
		t.Errorf("%x, %v", again, err)
	}
}

func TestNormaliseLengths(t *testing.T) {
	good := JoinAVCC([][]byte{{0x65, 1}, {0x41}})
	if got, err := NormaliseLengths(good, 4); err != nil || &got[0] != &good[0] {
		t.Errorf("a clean unit must be returned as it is: %v", err)
	}
	for name, c := range map[string]struct {
		in   []byte
		size int
	}{
		"two-byte lengths": {[]byte{0, 2, 0x65, 1, 0, 1, 0x41}, 2},
		"one-byte lengths": {[]byte{2, 0x65, 1, 0, 1, 0x41}, 1},
		"empty unit":       {append([]byte{0, 0, 0, 0}, good...), 4},
	} {
		if got, err := NormaliseLengths(c.in, c.size); err != nil || !bytes.Equal(got, good) {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	for name, in := range map[string][]byte{
		"torn length":    {0, 0, 0},
		"unit too long":  {0, 0, 0, 9, 1},
		"length of 4 GB": {0xff, 0xff, 0xff, 0xff, 1},
		"too many units": bytes.Repeat([]byte{0, 0, 0, 1, 0x41}, MaxNALs+1),
	} {
		if _, err := NormaliseLengths(in, 4); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := SplitAnnexB(bytes.Repeat([]byte{0, 0, 1, 0x41}, MaxNALs+2)); !errors.Is(err, ErrMalformed) {
		t.Errorf("too many start codes: %v", err)
	}
}

func TestParseAVCC_Refusals(t *testing.T) {
	good := unhex(t, avccHigh)
	for want, change := range map[string]func([]byte){
		"version":             func(b []byte) { b[0] = 2 },
		"3-byte":              func(b []byte) { b[4] = 0xfe },
		"SPS and 1 PPS":       nil,
		"NAL type 8":          func(b []byte) { b[8] = 0x68 },
		"parameter set of 65": func(b []byte) { b[6], b[7] = 0xff, 0xff },
	} {
		b := append([]byte(nil), good...)
		if change == nil {
			b = unhex(t, "0164001effe0"+"01000668ebe3cb22c0")
		} else {
			change(b)
		}
		_, err := ParseAVCC(b)
		contains(t, err, want)
	}
}

func TestTrack_LengthSizeIsAnnouncedAsFour(t *testing.T) {
	b := unhex(t, avccHigh)
	b[4] = 0xfd
	rec, err := ParseAVCC(b)
	if err != nil || rec.LengthSize != 2 {
		t.Fatalf("%+v, %v", rec, err)
	}
	tr, err := Track(av.H264, b, 1000)
	if err != nil || tr.Config[4] != 0xff || b[4] != 0xfd {
		t.Errorf("config %x, source %x, %v", tr.Config[4], b[4], err)
	}
}

func TestIsKey(t *testing.T) {
	av1Key := unhex(t, av1KeyHex)
	av1Inter := unhex(t, "3203"+"300000")
	for name, c := range map[string]struct {
		codec av.Codec
		data  []byte
		want  bool
	}{
		"h264 idr":       {av.H264, JoinAVCC([][]byte{{0x09, 0xf0}, {0x65, 1}}), true},
		"h264 slice":     {av.H264, JoinAVCC([][]byte{{0x41, 1}}), false},
		"h264 torn":      {av.H264, []byte{0, 0, 0, 9, 0x65}, false},
		"hevc cra":       {av.HEVC, JoinAVCC([][]byte{{21 << 1, 1, 0}}), true},
		"hevc trail":     {av.HEVC, JoinAVCC([][]byte{{1 << 1, 1, 0}}), false},
		"av1 key":        {av.AV1, av1Key, true},
		"av1 inter":      {av.AV1, av1Inter, false},
		"av1 show again": {av.AV1, unhex(t, "1a0198"), false},
		"audio":          {av.AAC, []byte{1}, true},
	} {
		if got := IsKey(c.codec, c.data); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAV1Sample_DropsTemporalDelimiters(t *testing.T) {
	body := unhex(t, av1KeyHex)
	got, err := AV1Sample(append([]byte{0x12, 0}, body...))
	if err != nil || !bytes.Equal(got, body) {
		t.Errorf("%x, %v", got, err)
	}
	if same, err := AV1Sample(body); err != nil || &same[0] != &body[0] {
		t.Errorf("clean unit was copied: %v", err)
	}
	if _, err := AV1Sample([]byte{0x32, 0x7f, 1}); !errors.Is(err, ErrMalformed) {
		t.Errorf("size beyond the end: %v", err)
	}
	if _, err := AV1Sample(bytes.Repeat([]byte{0x2a, 0}, maxOBUs+1)); err == nil || !strings.Contains(err.Error(), "OBUs") {
		t.Errorf("too many OBUs: %v", err)
	}
}

func TestVideoParsers_SurviveDamage(t *testing.T) {
	for _, s := range []string{avccHigh, avccBaseline, avcc444, avccInterlace} {
		everyPrefix(t, unhex(t, s), func(b []byte) { _, _ = Track(av.H264, b, 1000) })
	}
	everyPrefix(t, hvcc(t), func(b []byte) { _, _ = Track(av.HEVC, b, 1000) })
	everyPrefix(t, unhex(t, av1cHex), func(b []byte) { _, _ = Track(av.AV1, b, 1000) })
	everyPrefix(t, unhex(t, av1KeyHex), func(b []byte) { _, _ = AV1Sample(b) })
}
