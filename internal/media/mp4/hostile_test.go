package mp4

import (
	"bytes"
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
	"github.com/hawker-live/hawker/internal/media/fuzztest"
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
	if took > fuzztest.MostCPU {
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

func TestParse_HostileFiles(t *testing.T) {
	for _, d := range mp4test.Hostile() {
		t.Run(strings.ReplaceAll(d.Class+" "+d.Name, " ", "_"), func(t *testing.T) {
			if got := judge(t, d.File); got != d.Parse && d.Parse != mp4test.Any {
				t.Errorf("%q, want %q", got, d.Parse)
			}
		})
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
		"heic": append(mp4test.Leaf("ftyp", "heic", 0, "mif1heic").Bytes(), mp4test.Leaf("meta", 0).Bytes()...),
	} {
		if code := judge(t, bytes.NewReader(data)); code != "not_a_video" {
			t.Errorf("%s: %q", name, code)
		}
	}
}

// The largest index that is accepted, and indexes beyond it, cost bounded memory.
func TestParse_LargestIndexes(t *testing.T) {
	huge := func(box []byte, size int64) mp4test.Sparse {
		return mp4test.Sparse{Head: append(mp4test.Leaf("ftyp", "isom", 0).Bytes(), box...), Length: size}
	}
	if code := judge(t, huge(mp4test.Pack(uint32(1<<31), "moov"), 1<<32)); code != "broken_video" {
		t.Errorf("moov of 2 GB: %q", code)
	}
	if code := judge(t, huge(mp4test.Pack(uint32(60<<20), "moov"), 100<<20)); code != "broken_video" {
		t.Errorf("moov of zeros: %q", code)
	}
	if code := judge(t, huge(mp4test.Pack(1, "mdat", uint64(1<<63-1)), 1<<20)); code != "truncated_video" {
		t.Errorf("mdat of 2^63: %q", code)
	}
	if code := judge(t, mp4test.Sparse{Head: bytes.Repeat(mp4test.Leaf("free").Bytes(), 300_000), Length: 2_400_000}); code != "broken_video" {
		t.Errorf("300,000 boxes: %q", code)
	}
	f := mp4test.Generate(4_000_000, 10)
	if code := judge(t, f.Reader()); code != "video_too_long" {
		t.Errorf("37 hours: %q", code)
	}
	f = mp4test.Generate(2_500_000, 10)
	if code := judge(t, f.Reader()); code != "" {
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
	for _, head := range mp4test.Seeds() {
		f.Add(head)
	}
	small := mp4test.Generate(12, 12).Reader()
	f.Add(append(small.Head, make([]byte, small.Length-int64(len(small.Head)))...))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		var m *Movie
		var err error
		// The index is read once, and an entry of 4 bytes becomes at most 16; constant sizes and runs make
		// samples of nothing, of which the file's own size and MaxSamples bound the number.
		fuzztest.Within(t, len(data), fuzztest.Cost{Fixed: 2 * maxTableBytes, PerByte: 64}, func() { m, err = Parse(bytes.NewReader(data), int64(len(data))) })
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
