package cmaf

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/hawker-live/hawker/internal/media/av"
)

var be = binary.BigEndian

// containers are the boxes whose bodies are boxes, with the bytes that precede the first child.
var containers = map[string]int{
	"moov": 0, "trak": 0, "mdia": 0, "minf": 0, "dinf": 0, "stbl": 0, "mvex": 0, "moof": 0, "traf": 0,
	"stsd": 8, "dref": 8, "avc1": 78, "hvc1": 78, "av01": 78, "mp4a": 28, "Opus": 28,
}

type box struct {
	path string
	at   int // offset of the box header in the file
	body []byte
}

// parse reads every box, failing when a size does not add up.
func parse(t *testing.T, b []byte) []box {
	t.Helper()
	var out []box
	var walk func(path string, from, to int)
	walk = func(path string, from, to int) {
		for from < to {
			if to-from < 8 {
				t.Fatalf("%s: %d stray bytes at %d", path, to-from, from)
			}
			n := int(be.Uint32(b[from:]))
			typ := string(b[from+4 : from+8])
			if n < 8 || from+n > to {
				t.Fatalf("%s/%s: size %d does not fit the %d bytes left", path, typ, n, to-from)
			}
			out = append(out, box{path + "/" + typ, from, b[from+8 : from+n]})
			if skip, ok := containers[typ]; ok {
				walk(path+"/"+typ, from+8+skip, from+n)
			}
			from += n
		}
	}
	walk("", 0, len(b))
	return out
}

func find(t *testing.T, boxes []box, path string, nth int) box {
	t.Helper()
	for _, b := range boxes {
		if b.path == path {
			if nth == 0 {
				return b
			}
			nth--
		}
	}
	t.Fatalf("no box %s among %d", path, len(boxes))
	return box{}
}

func video() av.Track {
	return av.Track{ID: av.VideoID, Codec: av.H264, Timescale: 90000, Config: []byte{1, 0x64, 0, 0x1f, 0xff},
		CodecTag: "avc1.64001f", Width: 1280, Height: 720}
}

func sound() av.Track {
	return av.Track{ID: av.AudioID, Codec: av.AAC, Timescale: 48000, Config: []byte{0x11, 0x90},
		CodecTag: "mp4a.40.2", SampleRate: 48000, Channels: 2}
}

const stsd = "/moov/trak/mdia/minf/stbl/stsd/"

func TestInit_DescribesBothTracks(t *testing.T) {
	boxes := parse(t, Init([]av.Track{video(), sound()}))
	for i, want := range []struct{ id, scale, width, height uint32 }{{1, 90000, 1280, 720}, {2, 48000, 0, 0}} {
		tkhd := find(t, boxes, "/moov/trak/tkhd", i).body
		if len(tkhd) != 84 {
			t.Fatalf("tkhd body is %d bytes, version 0 has 84", len(tkhd))
		}
		if id := be.Uint32(tkhd[12:]); id != want.id {
			t.Errorf("track %d: ID %d, want %d", i, id, want.id)
		}
		if w, h := be.Uint32(tkhd[76:])>>16, be.Uint32(tkhd[80:])>>16; w != want.width || h != want.height {
			t.Errorf("track %d: tkhd says %dx%d, want %dx%d", i, w, h, want.width, want.height)
		}
		if s := be.Uint32(find(t, boxes, "/moov/trak/mdia/mdhd", i).body[12:]); s != want.scale {
			t.Errorf("track %d: timescale %d, want %d", i, s, want.scale)
		}
		if id := be.Uint32(find(t, boxes, "/moov/mvex/trex", i).body[4:]); id != want.id {
			t.Errorf("trex %d names track %d, want %d", i, id, want.id)
		}
	}
	if got := find(t, boxes, stsd+"avc1/avcC", 0).body; !bytes.Equal(got, video().Config) {
		t.Errorf("avcC = %x", got)
	}
	if got := len(find(t, boxes, "/moov/mvhd", 0).body); got != 100 {
		t.Errorf("mvhd body is %d bytes, version 0 has 100", got)
	}
}

func TestInit_EsdsCarriesTheAudioSpecificConfig(t *testing.T) {
	boxes := parse(t, Init([]av.Track{sound()}))
	esds := find(t, boxes, stsd+"mp4a/esds", 0).body[4:]
	for _, tag := range []struct {
		tag  byte
		skip int
	}{{3, 3}, {4, 13}, {5, 0}} {
		if esds[0] != tag.tag {
			t.Fatalf("descriptor %d where %d belongs", esds[0], tag.tag)
		}
		n := int(esds[1]&0x7f)<<21 | int(esds[2]&0x7f)<<14 | int(esds[3]&0x7f)<<7 | int(esds[4])
		if n > len(esds)-5 {
			t.Fatalf("descriptor %d: length %d exceeds the %d bytes left", tag.tag, n, len(esds)-5)
		}
		esds = esds[5+tag.skip:]
	}
	if !bytes.HasPrefix(esds, sound().Config) {
		t.Errorf("decoder specific info = %x, want %x first", esds, sound().Config)
	}
}

func TestInit_NamesEachCodecsEntry(t *testing.T) {
	for _, c := range []struct {
		codec av.Codec
		path  string
	}{{av.HEVC, "hvc1/hvcC"}, {av.AV1, "av01/av1C"}, {av.Opus, "Opus/dOps"}} {
		track := video()
		if !c.codec.Video() {
			track = sound()
		}
		track.Codec, track.Config = c.codec, []byte{9, 8, 7, 6}
		if got := find(t, parse(t, Init([]av.Track{track})), stsd+c.path, 0).body; !bytes.Equal(got, track.Config) {
			t.Errorf("%s: configuration = %x, want %x", c.path, got, track.Config)
		}
	}
}

func TestInit_ClaimsTheCMAFBrandForOneTrackOnly(t *testing.T) {
	if b := Init([]av.Track{video()}); !bytes.Contains(b[:40], []byte("cmf2")) {
		t.Error("a one-track init does not carry the brand cmf2")
	}
	if b := Init([]av.Track{video(), sound()}); bytes.Contains(b[:40], []byte("cmf2")) {
		t.Error("a muxed init carries the brand cmf2, which is for one track")
	}
}

func runs() []Run {
	return []Run{
		{Track: av.VideoID, Samples: []av.Sample{
			{DTS: 1 << 33, CTS: 6000, Duration: 3000, Key: true, Data: []byte("IDR")},
			{DTS: 1<<33 + 3000, CTS: -1500, Duration: 3003, Data: []byte("P-frame")},
		}},
		{Track: av.AudioID, Samples: []av.Sample{{DTS: 48000, Duration: 1024, Key: true, Data: []byte("aac")}}},
	}
}

func TestFragment_PlacesEverySampleWhereTrunSays(t *testing.T) {
	file := fragment(7, runs()...)
	boxes := parse(t, file)
	if seq := be.Uint32(find(t, boxes, "/moof/mfhd", 0).body[4:]); seq != 7 {
		t.Errorf("sequence number %d, want 7", seq)
	}
	for i, run := range runs() {
		tfhd := find(t, boxes, "/moof/traf/tfhd", i).body
		if be.Uint32(tfhd)&tfhdDefaultBaseIsMoof == 0 {
			t.Errorf("run %d: default-base-is-moof is not set", i)
		}
		if id := int(be.Uint32(tfhd[4:])); id != run.Track {
			t.Errorf("run %d: track %d, want %d", i, id, run.Track)
		}
		tfdt := find(t, boxes, "/moof/traf/tfdt", i).body
		if tfdt[0] != 1 || int64(be.Uint64(tfdt[4:])) != run.Samples[0].DTS {
			t.Errorf("run %d: tfdt %x, want version 1 and %d", i, tfdt, run.Samples[0].DTS)
		}
		trun := find(t, boxes, "/moof/traf/trun", i).body
		if n := int(be.Uint32(trun[4:])); n != len(run.Samples) {
			t.Fatalf("run %d: %d samples, want %d", i, n, len(run.Samples))
		}
		at, entry := int(be.Uint32(trun[8:])), trun[12:]
		for j, s := range run.Samples {
			if d := be.Uint32(entry); d != s.Duration {
				t.Errorf("run %d sample %d: duration %d, want %d", i, j, d, s.Duration)
			}
			size := int(be.Uint32(entry[4:]))
			if got := file[at : at+size]; !bytes.Equal(got, s.Data) {
				t.Errorf("run %d sample %d: bytes %q, want %q", i, j, got, s.Data)
			}
			at += size
			if run.Track != av.VideoID {
				entry = entry[audioEntry:]
				continue
			}
			if cts := int32(be.Uint32(entry[12:])); cts != s.CTS {
				t.Errorf("sample %d: composition offset %d, want %d", j, cts, s.CTS)
			}
			if sync := be.Uint32(entry[8:])&0x00010000 == 0; sync != s.Key {
				t.Errorf("sample %d: sync %v, want %v", j, sync, s.Key)
			}
			if dependsOn := be.Uint32(entry[8:]) >> 24 & 3; (dependsOn == 2) != s.Key {
				t.Errorf("sample %d: sample_depends_on %d with key %v", j, dependsOn, s.Key)
			}
			entry = entry[videoEntry:]
		}
	}
}

func TestFragment_LeavesOutARunWithoutSamples(t *testing.T) {
	r := runs()
	r[0].Samples = nil
	boxes := parse(t, fragment(1, r...))
	if id := int(be.Uint32(find(t, boxes, "/moof/traf/tfhd", 0).body[4:])); id != av.AudioID {
		t.Errorf("the only track fragment is of track %d, want the sound", id)
	}
	if b := fragment(1, Run{Track: av.VideoID}); b != nil {
		t.Errorf("a fragment of nothing has %d bytes", len(b))
	}
}

func TestFragment_IsAppendedWithoutAllocatingWhereThereIsRoom(t *testing.T) {
	r := runs()
	file := AppendFragment([]byte("before"), 1, r...)
	if string(file[:6]) != "before" || !bytes.Equal(file[6:], fragment(1, r...)) {
		t.Error("what was there before changed the fragment, or was changed by it")
	}
	if n := testing.AllocsPerRun(50, func() { AppendFragment(file[:0], 1, r...) }); n > 0 {
		t.Errorf("%v allocations per fragment, want none", n)
	}
}

func TestCodecs_PicturesFirstAndNoRepeats(t *testing.T) {
	if got := Codecs([]av.Track{sound(), video()}); got != "avc1.64001f,mp4a.40.2" {
		t.Errorf("Codecs = %q", got)
	}
	if got := Codecs([]av.Track{sound(), sound()}); got != "mp4a.40.2" {
		t.Errorf("Codecs of twice the same = %q", got)
	}
}

func BenchmarkFragment(b *testing.B) {
	// Half a second of 720p30 at 2 Mbit/s with AAC.
	r := []Run{{Track: av.VideoID}, {Track: av.AudioID}}
	for i := range 15 {
		r[0].Samples = append(r[0].Samples, av.Sample{DTS: int64(i) * 3000, Duration: 3000, Data: make([]byte, 8000)})
	}
	for i := range 23 {
		r[1].Samples = append(r[1].Samples, av.Sample{DTS: int64(i) * 1024, Duration: 1024, Data: make([]byte, 340)})
	}
	b.SetBytes(int64(len(fragment(1, r...))))
	b.ReportAllocs()
	for b.Loop() {
		fragment(1, r...)
	}
}

// fragment is one fragment in memory of its own; nil when no run has samples.
func fragment(seq uint32, runs ...Run) []byte { return AppendFragment(nil, seq, runs...) }
