package mp4

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
)

// refusals are the codes Parse and Playable may answer with; any other error on hostile bytes is a bug.
var refusals = map[string]bool{"not_a_video": true, "truncated_video": true, "broken_video": true, "video_too_long": true,
	"codec_unsupported": true, "no_video_track": true}

// cpu is what the process has computed so far: unlike wall time it does not grow with the load of
// the machine that runs the tests.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// judge parses hostile bytes within the time and memory an upload may cost, and checks the promises
// made for what is accepted. It returns the code of the refusal, "" when accepted.
func judge(t testing.TB, r interface {
	ReadAt([]byte, int64) (int, error)
	Size() int64
}) string {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := cpu(t)
	m, err := Parse(r, r.Size())
	took := cpu(t) - start
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 256<<20+uint64(4*MaxIndexBytes) {
		t.Errorf("%d MB allocated", spent>>20)
	}
	if took > time.Second {
		t.Errorf("took %v of CPU", took)
	}
	if err != nil {
		var e *errs.Error
		if !errors.As(err, &e) || !refusals[e.Code] || e.Message == "" {
			t.Errorf("refused with %v", err)
		}
		return errs.CodeOf(err)
	}
	check(t, m)
	if err := m.Playable(); err != nil && !refusals[errs.CodeOf(err)] {
		t.Errorf("not playable: %v", err)
	}
	return ""
}

// check asserts the invariants of an accepted movie.
func check(t testing.TB, m *Movie) {
	t.Helper()
	if held := m.Bytes(); held > 256<<20 {
		t.Errorf("holds %d MB", held>>20)
	}
	for _, track := range m.Tracks {
		table := &track.Samples
		if table.Len() == 0 {
			if track.Video || track.Codec != "" {
				t.Errorf("track %d is empty", track.ID)
			}
			continue
		}
		if track.Playlength()/int64(track.Timescale) > int64(MaxDuration.Seconds()) {
			t.Errorf("track %d is longer than allowed", track.ID)
		}
		cursor, total, last := table.Cursor(0), int64(0), table.Start()
		var s Sample
		n := 0
		for ; cursor.Next(&s); n++ {
			if s.Offset < 0 || int64(s.Size) > m.Size-s.Offset || s.DTS < last {
				t.Fatalf("track %d sample %d: %+v after %d in a file of %d", track.ID, n, s, last, m.Size)
			}
			total += int64(s.Size)
			last = s.DTS
		}
		if n != table.Len() || total > m.Size {
			t.Fatalf("track %d: %d samples of %d bytes, table says %d", track.ID, n, total, table.Len())
		}
		_ = table.At(n - 1)
	}
	checkAlign(t, m)
}

// checkAlign asserts that the presentation starts at 0 and comes to an end.
func checkAlign(t testing.TB, m *Movie) {
	t.Helper()
	video, audio := m.Video(), m.Audio()
	v, a := m.Align(video, audio)
	for track, span := range map[*Track]Span{video: v, audio: a} {
		if track == nil || track.Samples.Len() == 0 {
			continue
		}
		if span.First < 0 || span.First >= span.Last || span.Last > track.Samples.Len() {
			t.Fatalf("track %d plays %+v of %d samples", track.ID, span, track.Samples.Len())
		}
		start, end := track.Samples.DTS(span.First)+span.Shift, track.Samples.DTS(span.Last)+span.Shift
		if start < 0 || Rescale(end, 1, track.Timescale) > int64(MaxDuration.Seconds())+1 {
			t.Fatalf("track %d plays from %d to %d at %d Hz", track.ID, start, end, track.Timescale)
		}
	}
}

// put overwrites the 32-bit word at byte off of a box's body.
func put(n *node, off int, v uint32) { binary.BigEndian.PutUint32(n.body[off:], v) }

// mutations are what liars, broken tools and cut copies do to a good film, and how it ends:
// a refusal's code, or "" when the film is still sound.
var mutations = []struct {
	name string
	want string
	do   func(f *film)
}{
	{"untouched", "", func(f *film) {}},
	{"moov missing", "truncated_video", func(f *film) { f.moov = leaf("free") }},
	{"mvhd missing", "broken_video", func(f *film) { f.moov.drop("mvhd") }},
	{"mvhd short", "broken_video", func(f *film) { f.moov.find("mvhd").body = make([]byte, 8) }},
	{"mvhd empty", "broken_video", func(f *film) { f.moov.find("mvhd").body = nil }},
	{"movie timescale zero", "broken_video", func(f *film) { put(f.moov.find("mvhd"), 12, 0) }},
	{"media timescale zero", "broken_video", func(f *film) { put(f.moov.find("trak", "mdia", "mdhd"), 12, 0) }},
	{"media timescale one", "video_too_long", func(f *film) { put(f.moov.find("trak", "mdia", "mdhd"), 12, 1) }},
	{"media timescale huge", "", func(f *film) { put(f.moov.find("trak", "mdia", "mdhd"), 12, 1<<32-1) }},
	{"mdhd short", "broken_video", func(f *film) { f.moov.find("trak", "mdia", "mdhd").body = make([]byte, 9) }},
	{"mdhd missing", "broken_video", func(f *film) { f.moov.find("trak", "mdia").drop("mdhd") }},
	{"hdlr missing", "", func(f *film) { f.moov.find("trak", "mdia").drop("hdlr") }},
	{"tkhd short", "broken_video", func(f *film) { f.moov.find("trak", "tkhd").body = make([]byte, 20) }},
	{"tkhd wild matrix", "", func(f *film) { put(f.moov.find("trak", "tkhd"), 40, 0x80000000) }},
	{"no tracks", "no_video_track", func(f *film) { f.moov.kids = f.moov.kids[:1] }},
	{"track twice", "", func(f *film) { f.moov.kids = append(f.moov.kids, f.moov.kids[1]) }},
	{"a thousand tracks", "broken_video", func(f *film) {
		for range 1000 {
			f.moov.kids = append(f.moov.kids, f.moov.kids[1])
		}
	}},
	{"stsd missing", "broken_video", func(f *film) { f.moov.stbl().drop("stsd") }},
	{"stsd empty", "broken_video", func(f *film) { f.moov.stbl().find("stsd").body = pack(0, 0) }},
	{"stsd entry short", "broken_video", func(f *film) { f.moov.stbl().find("stsd").body = pack(0, 1, 20, "avc1", make([]byte, 12)) }},
	{"stsd entry of 100 KB", "broken_video", func(f *film) {
		f.moov.stbl().find("stsd").body = pack(0, 1, leaf("avc1", make([]byte, 100_000)).bytes())
	}},
	{"avcC missing", "broken_video", func(f *film) { f.moov.stbl().find("stsd").body = pack(0, 1, leaf("avc1", make([]byte, 78)).bytes()) }},
	{"avcC cut", "broken_video", func(f *film) {
		f.moov.stbl().find("stsd").body = pack(0, 1, leaf("avc1", make([]byte, 78), leaf("avcC", genAVCC[:9]).bytes()).bytes())
	}},
	{"avcC loop of empty boxes", "broken_video", func(f *film) {
		f.moov.stbl().find("stsd").body = pack(0, 1, leaf("avc1", make([]byte, 78), bytes.Repeat(leaf("free").bytes(), 7000)).bytes())
	}},
	{"unknown codec", "", func(f *film) { copy(f.moov.stbl().find("stsd").body[12:], "zzzz") }},
	{"binary fourcc", "", func(f *film) { copy(f.moov.stbl().find("stsd").body[12:], "\x00\xff\n\x1b") }},
	{"stts missing", "broken_video", func(f *film) { f.moov.stbl().drop("stts") }},
	{"stts empty", "broken_video", func(f *film) { f.moov.stbl().find("stts").body = pack(0, 0) }},
	{"stts short of samples", "", func(f *film) { put(f.moov.stbl().find("stts"), 8, 1) }},
	{"stts far too many", "", func(f *film) { put(f.moov.stbl().find("stts"), 8, 1<<32-1) }},
	{"stts count lies", "broken_video", func(f *film) { put(f.moov.stbl().find("stts"), 4, 1<<32-1) }},
	{"stts zero durations", "", func(f *film) { put(f.moov.stbl().find("stts"), 12, 0) }},
	{"stts negative duration", "broken_video", func(f *film) { put(f.moov.stbl().find("stts"), 12, 0xfffffff0) }},
	{"stts a week", "video_too_long", func(f *film) { put(f.moov.stbl().find("stts"), 12, 90000*3600) }},
	{"stts zero counts", "broken_video", func(f *film) { f.moov.stbl().find("stts").body = pack(0, 3, 0, 1, 0, 1, 0, 1) }},
	{"ctts negative", "", func(f *film) { put(f.moov.stbl().find("ctts"), 12, 0xffffff00) }},
	{"ctts minimum", "broken_video", func(f *film) { put(f.moov.stbl().find("ctts"), 12, 0x80000000) }},
	{"ctts maximum", "broken_video", func(f *film) { put(f.moov.stbl().find("ctts"), 12, 0x7fffffff) }},
	{"ctts count lies", "broken_video", func(f *film) { put(f.moov.stbl().find("ctts"), 4, 1<<31) }},
	{"ctts too short a run", "", func(f *film) { put(f.moov.stbl().find("ctts"), 8, 3) }},
	{"stss descending", "broken_video", func(f *film) { f.moov.stbl().find("stss").body = pack(0, 2, 60, 1) }},
	{"stss with zero", "broken_video", func(f *film) { f.moov.stbl().find("stss").body = pack(0, 1, 0) }},
	{"stss beyond the end", "", func(f *film) { f.moov.stbl().find("stss").body = pack(0, 1, 1<<31) }},
	{"stss empty", "", func(f *film) { f.moov.stbl().find("stss").body = pack(0, 0) }},
	{"stss count lies", "broken_video", func(f *film) { put(f.moov.stbl().find("stss"), 4, 1<<30) }},
	{"stsz of 2^32 samples", "broken_video", func(f *film) { f.moov.stbl().find("stsz").body = pack(0, 1, uint32(1<<32-1)) }},
	{"stsz of 8 million of one byte", "broken_video", func(f *film) { f.moov.stbl().find("stsz").body = pack(0, 1, 8<<20) }},
	{"stsz count lies", "broken_video", func(f *film) { put(f.moov.stbl().find("stsz"), 8, 1<<30) }},
	{"stsz huge sample", "truncated_video", func(f *film) { put(f.moov.stbl().find("stsz"), 12, 1<<32-1) }},
	{"stsz empty samples", "", func(f *film) { f.moov.stbl().find("stsz").body = pack(0, 0, 4, 0, 0, 0, 0) }},
	{"stsz missing", "", func(f *film) { f.moov.stbl().drop("stsz") }},
	{"stsz short", "broken_video", func(f *film) { f.moov.stbl().find("stsz").body = pack(0, 0) }},
	{"stz2 of nibbles", "", func(f *film) {
		s := f.moov.stbl().find("stsz")
		s.kind, s.body = "stz2", pack(0, 4, 3, byte(0x12), byte(0x30))
	}},
	{"stz2 of odd width", "broken_video", func(f *film) { s := f.moov.stbl().find("stsz"); s.kind, s.body = "stz2", pack(0, 7, 3, 0) }},
	{"stz2 count lies", "broken_video", func(f *film) {
		s := f.moov.stbl().find("stsz")
		s.kind, s.body = "stz2", pack(0, 16, uint32(1<<32-1), 0)
	}},
	{"stsc missing", "broken_video", func(f *film) { f.moov.stbl().drop("stsc") }},
	{"stsc empty", "broken_video", func(f *film) { f.moov.stbl().find("stsc").body = pack(0, 0) }},
	{"stsc starts at zero", "broken_video", func(f *film) { put(f.moov.stbl().find("stsc"), 8, 0) }},
	{"stsc starts at two", "broken_video", func(f *film) { put(f.moov.stbl().find("stsc"), 8, 2) }},
	{"stsc empty chunks", "broken_video", func(f *film) { put(f.moov.stbl().find("stsc"), 12, 0) }},
	{"stsc endless chunk", "", func(f *film) { put(f.moov.stbl().find("stsc"), 12, 1<<32-1) }},
	{"stsc descending", "broken_video", func(f *film) { f.moov.stbl().find("stsc").body = pack(0, 3, 1, 10, 1, 5, 10, 1, 3, 10, 1) }},
	{"stsc same chunk twice", "broken_video", func(f *film) { f.moov.stbl().find("stsc").body = pack(0, 2, 1, 10, 1, 1, 10, 1) }},
	{"stsc changes entry", "", func(f *film) { f.moov.stbl().find("stsc").body = pack(0, 2, 1, 10, 1, 3, 10, 2) }},
	{"stco missing", "broken_video", func(f *film) { f.moov.stbl().drop("stco") }},
	{"stco empty", "broken_video", func(f *film) { f.moov.stbl().find("stco").body = pack(0, 0) }},
	{"stco short of chunks", "broken_video", func(f *film) { put(f.moov.stbl().find("stco"), 4, 1) }},
	{"stco count lies", "broken_video", func(f *film) { put(f.moov.stbl().find("stco"), 4, 1<<31) }},
	{"stco beyond the file", "truncated_video", func(f *film) { put(f.moov.stbl().find("stco"), 8, 1<<32-1) }},
	{"stco all at one place", "", func(f *film) {
		s := f.moov.stbl().find("stco")
		for i := 12; i < len(s.body); i += 4 {
			copy(s.body[i:], s.body[8:12])
		}
	}},
	{"co64 beyond the file", "truncated_video", func(f *film) {
		s := f.moov.stbl().find("stco")
		s.kind, s.body = "co64", pack(0, 30, bytes.Repeat(pack(uint64(1<<62)), 30))
	}},
	{"co64 negative", "truncated_video", func(f *film) {
		s := f.moov.stbl().find("stco")
		s.kind, s.body = "co64", pack(0, 30, bytes.Repeat(pack(uint64(1<<64-1)), 30))
	}},
	{"co64 count overflows", "broken_video", func(f *film) {
		s := f.moov.stbl().find("stco")
		s.kind, s.body = "co64", pack(0, uint32(0x20000001), uint64(0))
	}},
	{"elst of the far future", "", func(f *film) { f.moov.find("trak", "edts", "elst").body = pack(0, 1, 1000, 0x7fffffff, 0x10000) }},
	{"elst negative", "broken_video", func(f *film) {
		f.moov.find("trak", "edts", "elst").body = pack(0, 1, 1000, uint32(0x80000000), 0x10000)
	}},
	{"elst huge delay", "broken_video", func(f *film) {
		f.moov.find("trak", "edts", "elst").body = pack(1<<24, 2, uint64(1<<60), uint64(1<<64-1), 0x10000, uint64(1000), uint64(0), 0x10000)
	}},
	{"elst overflowing", "broken_video", func(f *film) {
		f.moov.find("trak", "edts", "elst").body = pack(1<<24, 1, uint64(1<<63), uint64(0), 0x10000)
	}},
	{"elst count lies", "broken_video", func(f *film) { put(f.moov.find("trak", "edts", "elst"), 4, 1<<30) }},
	{"elst of a tick", "", func(f *film) { put(f.moov.find("trak", "edts", "elst"), 8, 1) }},
	{"deep nesting in moov", "", func(f *film) { f.moov.kids = append(f.moov.kids, deep("moov", 5000)) }},
	{"deep nesting in stbl", "", func(f *film) { s := f.moov.stbl(); s.kids = append(s.kids, deep("stbl", 5000)) }},
	{"deep wave", "broken_video", func(f *film) {
		entry := leaf("mp4a", make([]byte, 28), deep("wave", 1000).bytes())
		f.moov.kids[2].find("mdia", "minf", "stbl", "stsd").body = pack(0, 1, entry.bytes())
	}},
	{"seventy thousand empty boxes", "broken_video", func(f *film) {
		f.moov.kids = append(f.moov.kids, &node{kind: "udta"})
		for range 70_000 {
			f.moov.kids = append(f.moov.kids, leaf("free"))
		}
	}},
	{"child larger than its parent", "broken_video", func(f *film) {
		f.moov.kids = append(f.moov.kids, leaf("free", make([]byte, 8)))
		tail(f.moov, 0x7fffffff)
	}},
	{"child of size four", "broken_video", func(f *film) { f.moov.kids = append(f.moov.kids, leaf("free", make([]byte, 8))); tail(f.moov, 4) }},
	{"child with a cut 64-bit size", "broken_video", func(f *film) { f.moov.kids = append(f.moov.kids, leaf("free")); tail(f.moov, 1) }},
	{"child to the end", "", func(f *film) { f.moov.kids = append(f.moov.kids, leaf("free", make([]byte, 8))); tail(f.moov, 0) }},
	{"esds lies about its length", "", func(f *film) { descriptors(f, func(b []byte) { b[1] = 0x7f }) }},
	{"esds with endless length", "broken_video", func(f *film) {
		descriptors(f, func(b []byte) { copy(b[1:], "\xff\xff\xff\xff\xff\xff") })
	}},
	{"esds of another tag", "broken_video", func(f *film) { descriptors(f, func(b []byte) { b[0] = 9 }) }},
	{"esds with all options", "broken_video", func(f *film) { descriptors(f, func(b []byte) { b[4] = 0xff }) }},
	{"trun without tables", "broken_video", func(f *film) { addFragment(f, pack(0, uint32(1<<32-1))) }},
	{"trun of 2^32 samples", "broken_video", func(f *film) { addFragment(f, pack(0x201, uint32(1<<32-1), 0)) }},
	{"trun of 8 million empty samples", "broken_video", func(f *film) { addFragment(f, pack(1, 8<<20, 0)) }},
	{"trun before the file", "truncated_video", func(f *film) { addFragment(f, pack(0x201, 1, uint32(0x80000000), 5)) }},
	{"trun beyond the file", "truncated_video", func(f *film) { addFragment(f, pack(0x201, 1, 0x7fffffff, 5)) }},
	{"trun with wild offset", "broken_video", func(f *film) { addFragment(f, pack(0xb01, 1, 0, 5, 5, uint32(0x7fffffff))) }},
	{"trun cut", "broken_video", func(f *film) { addFragment(f, pack(0x205, 1)) }},
	{"trun that fits", "", func(f *film) { addFragment(f, pack(0x301, 2, 0, 3000, 5, 3000, 5)) }},
	{"tfdt in the far future", "broken_video", func(f *film) {
		addFragment(f, pack(0x301, 1, 0, 3000, 5), leaf("tfdt", 1<<24, uint64(1<<61)))
	}},
	{"tfdt after a week", "video_too_long", func(f *film) {
		addFragment(f, pack(0x301, 1, 0, 3000, 5), leaf("tfdt", 1<<24, uint64(90000*86400*7)))
	}},
	{"tracks years apart", "video_too_long", func(f *film) {
		f.moov.kids[2].find("mdia", "minf", "stbl").drop("stsz")
		kids := []*node{leaf("tfhd", 0x020000, 2), leaf("tfdt", 1<<24, uint64(1<<59)), leaf("trun", pack(0x301, 1, 0, 1024, 5))}
		f.tail = append(f.tail, tree("moof", tree("traf", kids...)))
	}},
	{"tfhd short", "broken_video", func(f *film) {
		f.tail = append(f.tail, tree("moof", tree("traf", leaf("tfhd", 0x1f, 1, 0))))
	}},
	{"compressed moov", "codec_unsupported", func(f *film) { f.moov.kids = []*node{leaf("cmov", make([]byte, 20))} }},
	{"a second moov", "", func(f *film) { f.tail = append(f.tail, tree("moov", leaf("mvhd"))) }},
	{"text before", "not_a_video", func(f *film) { f.ftyp = &node{kind: "<!DO", body: []byte("CTYPE html>")} }},
	{"a picture", "not_a_video", func(f *film) { f.moov = leaf("meta", 0) }},
}

func deep(kind string, n int) *node {
	root := &node{kind: kind}
	for range n {
		root = tree(kind, root)
	}
	return root
}

// tail makes the last kid lie about its size.
func tail(n *node, size uint32) {
	kid := n.kids[len(n.kids)-1]
	raw := kid.bytes()
	binary.BigEndian.PutUint32(raw, size)
	// A box whose header is stored as a body: the parent appends it without its own header.
	n.kids[len(n.kids)-1] = &node{kind: "raw!", body: raw}
}

// descriptors changes the bytes of the sound's elementary stream descriptor.
func descriptors(f *film, change func(b []byte)) {
	b := f.moov.kids[2].find("mdia", "minf", "stbl", "stsd").body
	change(b[bytes.Index(b, []byte("esds"))+8:])
}

func addFragment(f *film, trun []byte, extra ...*node) {
	kids := append([]*node{leaf("tfhd", 0x020000, 1)}, extra...)
	f.tail = append(f.tail, tree("moof", leaf("mfhd", 0, 1), tree("traf", append(kids, leaf("trun", trun))...)))
}

func TestParse_HostileTables(t *testing.T) {
	for _, c := range mutations {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			f := generate(300, 470)
			c.do(f)
			if got := judge(t, f.reader()); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	if len(mutations) < 60 {
		t.Errorf("only %d mutations", len(mutations))
	}
}

// Every prefix that ends at, before or after a box boundary, in every layout an upload may have.
func TestParse_CutAnywhere(t *testing.T) {
	for _, name := range []string{"plain.mp4", "faststart.mp4", "fragmented.mp4", "hybrid.mp4", "camera.mov"} {
		data, err := os.ReadFile(mp4test.File(t, name))
		if err != nil {
			t.Fatal(err)
		}
		cuts := map[int]bool{}
		for i := 4; i+4 < len(data); i++ {
			switch string(data[i : i+4]) {
			case "ftyp", "moov", "mdat", "trak", "mdia", "minf", "stbl", "stsd", "stts", "stsz", "stco", "moof", "traf", "trun", "mfra", "udta", "free":
				for _, d := range []int{-5, -4, -3, 0, 4, 8} {
					cuts[i+d] = true
				}
			}
		}
		for cut := range cuts {
			cut = max(0, cut)
			code := judge(t, bytes.NewReader(data[:cut]))
			if code == "" && !strings.Contains("fragmented.mp4 hybrid.mp4", name) && cut < len(data)-200_000 {
				t.Errorf("%s cut at %d of %d was accepted", name, cut, len(data))
			}
		}
		t.Logf("%s: %d cuts", name, len(cuts))
	}
}

// A recording that stopped inside a fragment plays up to the fragment before.
func TestParse_KeepsWholeFragmentsOfACrashedRecording(t *testing.T) {
	data, err := os.ReadFile(mp4test.File(t, "fragmented.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Parse(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndex(data, []byte("moof")) - 4
	mdat := last + bytes.Index(data[last:], []byte("mdat"))
	for _, cut := range []int{last + 6, last + 40, mdat - 4, mdat + 4, mdat + 100} {
		m, err := Parse(bytes.NewReader(data[:cut]), int64(cut))
		if err != nil {
			t.Errorf("cut at %d: %v", cut, err)
			continue
		}
		check(t, m)
		if got, all := m.Video().Samples.Len(), whole.Video().Samples.Len(); got >= all || got < all-60 {
			t.Errorf("cut at %d: %d of %d samples", cut, got, all)
		}
	}
}

func TestParse_OtherFiles(t *testing.T) {
	for name, data := range map[string][]byte{
		"empty": nil, "one byte": {0}, "seven bytes": make([]byte, 7), "zeros": make([]byte, 4096), "png": []byte("\x89PNG\r\n\x1a\n0000000000"),
		"jpeg": []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), "webm": []byte("\x1a\x45\xdf\xa3\x01\x00\x00\x00"), "text": []byte(strings.Repeat("hello ", 50)),
		"heic": append(leaf("ftyp", "heic", 0, "mif1heic").bytes(), leaf("meta", 0).bytes()...),
	} {
		if code := judge(t, bytes.NewReader(data)); code != "not_a_video" {
			t.Errorf("%s: %q", name, code)
		}
	}
}

// The largest index that is accepted, and indexes beyond it, cost bounded memory.
func TestParse_LargestIndexes(t *testing.T) {
	huge := func(box []byte, size int64) sparse {
		return sparse{append(leaf("ftyp", "isom", 0).bytes(), box...), size}
	}
	if code := judge(t, huge(pack(uint32(1<<31), "moov"), 1<<32)); code != "broken_video" {
		t.Errorf("moov of 2 GB: %q", code)
	}
	if code := judge(t, huge(pack(uint32(60<<20), "moov"), 100<<20)); code != "broken_video" {
		t.Errorf("moov of zeros: %q", code)
	}
	if code := judge(t, huge(pack(1, "mdat", uint64(1<<63-1)), 1<<20)); code != "truncated_video" {
		t.Errorf("mdat of 2^63: %q", code)
	}
	if code := judge(t, sparse{bytes.Repeat(leaf("free").bytes(), 300_000), 2_400_000}); code != "broken_video" {
		t.Errorf("300,000 boxes: %q", code)
	}
	f := generate(4_000_000, 10)
	if code := judge(t, f.reader()); code != "video_too_long" {
		t.Errorf("37 hours: %q", code)
	}
	f = generate(2_500_000, 10)
	if code := judge(t, f.reader()); code != "" {
		t.Errorf("23 hours: %q", code)
	}
}

// A reader's own failure is reported as such, not as a damaged file.
func TestParse_ReaderFails(t *testing.T) {
	if _, err := Parse(failing{}, 1000); !errors.Is(err, errDisk) || errs.CodeOf(err) != "" {
		t.Errorf("%v", err)
	}
}

var errDisk = fmt.Errorf("disk")

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errDisk }

func FuzzParse(f *testing.F) {
	for _, c := range mutations {
		film := generate(12, 12)
		if strings.HasPrefix(c.name, "stco") || strings.HasPrefix(c.name, "a thousand") || strings.HasPrefix(c.name, "seventy") {
			continue // they index into larger tables, or make large seeds
		}
		c.do(film)
		r := film.reader()
		f.Add(append(r.head, make([]byte, film.data)...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		m, err := Parse(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			if !refusals[errs.CodeOf(err)] {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		check(t, m)
		if err := m.Playable(av.HEVC, av.Opus); err != nil && !refusals[errs.CodeOf(err)] {
			t.Fatal(err)
		}
		if !m.Fragmented && m.MoovSize > 0 {
			moov := data[m.MoovOffset : m.MoovOffset+m.MoovSize]
			if _, err := Relocate(moov, true, func(off int64) int64 { return off + 1 }); err != nil && !refusals[errs.CodeOf(err)] {
				t.Fatal(err)
			}
		}
	})
}
