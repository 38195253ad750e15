package mp4

import (
	"encoding/json"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
)

func TestMain(m *testing.M) {
	code := m.Run()
	mp4test.Cleanup()
	os.Exit(code)
}

func open(t testing.TB, name string) (*Movie, *os.File) {
	t.Helper()
	f, err := os.Open(mp4test.File(t, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(f, info.Size())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m, f
}

// packet is what ffprobe says about one packet, with edit lists ignored.
type packet struct {
	Kind               string `json:"codec_type"`
	PTS, DTS, Duration int64
	Size, Pos          string
	Flags              string
}

// packets lists a file's packets by "video" and "audio".
func packets(t testing.TB, name string) map[string][]packet {
	t.Helper()
	out := mp4test.Run(t, "ffprobe", "-v", "error", "-ignore_editlist", "1",
		"-show_entries", "packet=codec_type,pts,dts,duration,size,pos,flags", "-of", "json", mp4test.File(t, name))
	var got struct{ Packets []packet }
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	kinds := map[string][]packet{}
	for _, p := range got.Packets {
		kinds[p.Kind] = append(kinds[p.Kind], p)
	}
	return kinds
}

// Every sample's place, size, times and sync flag agree with an independent demuxer.
func TestParse_TablesEqualFFprobe(t *testing.T) {
	for _, name := range []string{"plain.mp4", "faststart.mp4", "bframes.mp4", "negcts.mp4", "vfr.mp4", "silent.mp4",
		"fragmented.mp4", "hybrid.mp4", "hevc.mp4", "opus.mp4", "mp3.mp4", "camera.mov", "trimmed.mp4", "portrait.mp4"} {
		t.Run(name, func(t *testing.T) {
			m, _ := open(t, name)
			all := packets(t, name)
			for stream, track := range map[string]*Track{"video": m.Video(), "audio": m.Audio()} {
				want := all[stream]
				if track == nil {
					if len(want) != 0 {
						t.Errorf("%s: %d packets not found", stream, len(want))
					}
					continue
				}
				if track.Samples.Len() != len(want) {
					t.Fatalf("%s: %d samples, ffprobe %d", stream, track.Samples.Len(), len(want))
				}
				cursor := track.Samples.Cursor(0)
				// ffprobe starts a track with negative offsets earlier; only differences are compared.
				shift := want[0].DTS - track.Samples.Start()
				ptsShift := want[0].PTS - track.Samples.Start() - int64(track.Samples.At(0).CTS)
				var s Sample
				for i, w := range want {
					cursor.Next(&s)
					key := w.Flags[0] == 'K'
					if strconv.FormatInt(s.Offset, 10) != w.Pos || strconv.Itoa(int(s.Size)) != w.Size || s.Key != key ||
						s.DTS+shift != w.DTS || s.DTS+int64(s.CTS)+ptsShift != w.PTS {
						t.Fatalf("%s sample %d: %+v, ffprobe %+v", stream, i, s, w)
					}
					if s != track.Samples.At(i) || track.Samples.IndexAt(s.DTS) != i || track.Samples.DTS(i) != s.DTS {
						t.Fatalf("%s sample %d: random access disagrees with the cursor", stream, i)
					}
				}
			}
		})
	}
}

func TestParse_Describes(t *testing.T) {
	for _, c := range []struct {
		file, video, audio   string
		w, h, rotation, rate int
		fast, fragmented     bool
	}{
		{file: "plain.mp4", video: "avc1.42c00d", audio: "mp4a.40.2", w: 320, h: 180, rate: 48000},
		{file: "faststart.mp4", video: "avc1.42c00d", audio: "mp4a.40.2", w: 320, h: 180, rate: 48000, fast: true},
		{file: "rotated.mp4", video: "avc1.42c00d", audio: "mp4a.40.2", w: 180, h: 320, rotation: 90, rate: 48000},
		{file: "upside.mp4", video: "avc1.42c00d", audio: "mp4a.40.2", w: 320, h: 180, rotation: 180, rate: 48000},
		{file: "fragmented.mp4", video: "avc1.64000d", audio: "mp4a.40.2", w: 320, h: 180, rate: 48000, fast: true, fragmented: true},
		{file: "hevc.mp4", video: "hvc1.1.6.L60.90", audio: "mp4a.40.2", w: 320, h: 180, rate: 48000},
		{file: "opus.mp4", video: "avc1.42c00d", audio: "Opus", w: 320, h: 180, rate: 48000},
		{file: "camera.mov", video: "avc1.42c00d", audio: "mp4a.40.2", w: 320, h: 180, rate: 48000},
	} {
		m, _ := open(t, c.file)
		v, a := m.Video(), m.Audio()
		if v.CodecTag != c.video || v.DisplayWidth != c.w || v.DisplayHeight != c.h || v.Rotation != c.rotation {
			t.Errorf("%s: video %s %dx%d turned %d", c.file, v.CodecTag, v.DisplayWidth, v.DisplayHeight, v.Rotation)
		}
		if a.CodecTag != c.audio || a.SampleRate != c.rate || a.Channels != 1 {
			t.Errorf("%s: audio %s %d Hz %d channels", c.file, a.CodecTag, a.SampleRate, a.Channels)
		}
		if m.FastStart != c.fast || m.Fragmented != c.fragmented {
			t.Errorf("%s: fast start %v, fragmented %v", c.file, m.FastStart, m.Fragmented)
		}
	}
}

func TestPlayable_SaysWhatToDo(t *testing.T) {
	for _, c := range []struct{ file, code, codec string }{
		{"plain.mp4", "", ""}, {"camera.mov", "", ""}, {"silent.mp4", "", ""},
		{"audio.mp4", "no_video_track", ""},
		{"hevc.mp4", "codec_unsupported", "HEVC"},
		{"high10.mp4", "codec_unsupported", "H.264 with 10-bit or 4:2:2 colour"},
		{"opus.mp4", "codec_unsupported", "Opus"},
		{"mp3.mp4", "codec_unsupported", "MP3"},
		{"pcm.mov", "codec_unsupported", "PCM"},
		{"prores.mov", "codec_unsupported", "ProRes"},
	} {
		m, _ := open(t, c.file)
		err := m.Playable()
		if errs.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want code %q", c.file, err, c.code)
			continue
		}
		if e, ok := err.(*errs.Error); ok && c.codec != "" && e.Params["codec"] != c.codec {
			t.Errorf("%s: blames %v, want %s", c.file, e.Params["codec"], c.codec)
		}
	}
	m, _ := open(t, "hevc.mp4")
	if err := m.Playable(av.HEVC); err != nil {
		t.Errorf("HEVC although allowed: %v", err)
	}
}

func TestAlign_KeepsSoundAndPictureTogether(t *testing.T) {
	for _, name := range []string{"plain.mp4", "bframes.mp4", "negcts.mp4", "trimmed.mp4", "delayed.mp4", "fragmented.mp4", "portrait.mp4"} {
		m, _ := open(t, name)
		video, audio := m.Video(), m.Audio()
		v, a := m.Align(video, audio)
		// Presentation clocks by the edit lists, against those of the alignment.
		gap := func(t *Track, s Span) float64 {
			return float64(s.Shift-m.offset(t)) / float64(t.Timescale)
		}
		if d := gap(video, v) - gap(audio, a); d > 0.001 || d < -0.001 {
			t.Errorf("%s: sound moved by %.4f s against the picture", name, d)
		}
		fv := float64(video.Samples.DTS(v.First)+v.Shift) / float64(video.Timescale)
		fa := float64(audio.Samples.DTS(a.First)+a.Shift) / float64(audio.Timescale)
		if fv < 0 || fa < 0 || min(fv, fa) > 0.001 {
			t.Errorf("%s: starts at %.3f and %.3f", name, fv, fa)
		}
		if !video.Samples.At(v.First).Key {
			t.Errorf("%s: starts without a sync sample", name)
		}
	}
}

// A file that changes its format midway cannot be described by one init segment.
func TestPlayable_RefusesAChangingFormat(t *testing.T) {
	f := mp4test.Generate(300, 470)
	f.Moov.Stbl().Find("stsc").Body = mp4test.Pack(0, 2, 1, 10, 1, 3, 10, 2)
	r := f.Reader()
	m, err := Parse(r, r.Size())
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Playable(); errs.CodeOf(err) != "codec_unsupported" {
		t.Errorf("%v", err)
	}
}

func TestParse_Language(t *testing.T) {
	for code, want := range map[uint16]string{0x55c4: "und", 0x15c7: "eng", 0: "und", 0x7fff: "und", 33: "und"} {
		if got := language(code); got != want {
			t.Errorf("language(%#x) = %q, want %q", code, got, want)
		}
	}
}

// Ten minutes of index: what the playable-at-once promise rests on.
func BenchmarkParse(b *testing.B) {
	data := mp4test.Generate(18000, 28125)
	r := data.Reader()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(r, r.Size()); err != nil {
			b.Fatal(err)
		}
	}
}

func TestRescale(t *testing.T) {
	for _, c := range []struct {
		v        int64
		to, from uint32
		want     int64
	}{{1, 90000, 1000, 90}, {-3, 1, 2, -1}, {1 << 62, 1 << 31, 1, 1<<63 - 1}, {1 << 49, 1<<32 - 1, 1<<32 - 1, 1 << 49}} {
		if got := Rescale(c.v, c.to, c.from); got != c.want {
			t.Errorf("Rescale(%d, %d, %d) = %d, want %d", c.v, c.to, c.from, got, c.want)
		}
	}
	if MaxDuration > 100*time.Hour {
		t.Error("durations in milliseconds no longer fit the sums that use them")
	}
}
