package vod

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mp4"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
)

func TestMain(m *testing.M) {
	code := m.Run()
	mp4test.Cleanup()
	os.Exit(code)
}

func open(t testing.TB, name string, allow ...av.Codec) (*Stream, *os.File) {
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
	m, err := mp4.Parse(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(m, f, allow...)
	if err != nil {
		t.Fatal(err)
	}
	return s, f
}

// serve puts the stream behind a real HTTP server and returns its base URL.
func serve(t testing.TB, s *Stream) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.Serve(w, r, strings.TrimPrefix(r.URL.Path, "/v/")); err != nil {
			http.Error(w, errs.CodeOf(err), http.StatusNotFound)
		}
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/v/"
}

// hashes lists size and MD5 of every packet by stream, in order. Edit lists are ignored where the
// format has them: ffmpeg drops priming packets otherwise, which the stream keeps.
func hashes(t testing.TB, url string) map[string][]string {
	t.Helper()
	args := []string{"-v", "error", "-nostdin"}
	if !strings.HasSuffix(url, ".m3u8") {
		args = append(args, "-ignore_editlist", "1")
	}
	out := map[string][]string{}
	args = append(args, "-i", url, "-map", "0", "-c", "copy", "-copyts", "-f", "framemd5", "-")
	for _, line := range strings.Split(mp4test.Run(t, "ffmpeg", args...), "\n") {
		if fields := strings.Split(line, ","); len(fields) == 6 && line[0] != '#' {
			out[fields[0]] = append(out[fields[0]], strings.TrimSpace(fields[4])+" "+strings.TrimSpace(fields[5]))
		}
	}
	return out
}

func samePackets(t testing.TB, got, want string) {
	t.Helper()
	g, w := hashes(t, got), hashes(t, want)
	if len(w) == 0 || len(g) != len(w) {
		t.Fatalf("%s: %d streams, upload %d", got, len(g), len(w))
	}
	for stream := range w {
		if !slices.Equal(g[stream], w[stream]) {
			t.Errorf("%s stream %s: %d packets differ from the upload's %d", got, stream, len(g[stream]), len(w[stream]))
		}
	}
}

type probed struct {
	Streams []struct {
		CodecType  string `json:"codec_type"`
		CodecName  string `json:"codec_name"`
		Width      int
		Height     int
		StartTime  string                   `json:"start_time"`
		Packets    string                   `json:"nb_read_packets"`
		SideData   []struct{ Rotation int } `json:"side_data_list"`
		SampleRate string                   `json:"sample_rate"`
	}
	Format struct{ Duration string }
}

func probe(t testing.TB, url string) probed {
	t.Helper()
	var p probed
	out := mp4test.Run(t, "ffprobe", "-v", "error", "-count_packets", "-show_streams", "-show_format", "-of", "json", url)
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func seconds(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var playable = []string{"plain.mp4", "faststart.mp4", "bframes.mp4", "negcts.mp4", "rotated.mp4", "vfr.mp4", "silent.mp4",
	"fragmented.mp4", "hybrid.mp4", "camera.mov", "portrait.mp4", "delayed.mp4"}

// An independent player finds the same codecs, durations and, byte for byte, the same packets in
// the playlist and in the progressive file as in the upload.
func TestStream_IsTheUploadByteForByte(t *testing.T) {
	for _, name := range playable {
		t.Run(name, func(t *testing.T) {
			s, f := open(t, name)
			url := serve(t, s)
			original := probe(t, f.Name())
			got := probe(t, url+NameMultivariant)
			if len(got.Streams) != len(original.Streams) {
				t.Fatalf("%d streams, upload has %d", len(got.Streams), len(original.Streams))
			}
			for i, o := range original.Streams {
				g := got.Streams[i]
				if g.CodecName != o.CodecName || g.Packets != o.Packets || g.Width != o.Width || g.Height != o.Height ||
					g.SampleRate != o.SampleRate {
					t.Errorf("stream %d: %+v, upload %+v", i, g, o)
				}
			}
			d := seconds(t, got.Format.Duration) - seconds(t, original.Format.Duration)
			// Priming and frame reordering add their delay: at most three frames.
			if d < -0.05 || d > 0.12 {
				t.Errorf("%.3f s longer than the upload", d)
			}
			for _, way := range []string{NamePlaylist, NameProgressive} {
				samePackets(t, url+way, f.Name())
			}
		})
	}
}

func TestStream_KeepsRotation(t *testing.T) {
	s, f := open(t, "rotated.mp4")
	url := serve(t, s)
	rotation := func(where string) int {
		for _, side := range probe(t, where).Streams[0].SideData {
			return side.Rotation
		}
		return 0
	}
	if got, want := rotation(url+NamePlaylist), rotation(f.Name()); got != want || want == 0 {
		t.Errorf("playlist turned by %d, upload by %d", got, want)
	}
	if s.Info().Width != 180 || s.Info().Height != 320 || s.Info().Rotation != 90 {
		t.Errorf("info %+v", s.Info())
	}
	if !strings.Contains(string(s.Multivariant()), "RESOLUTION=180x320") {
		t.Errorf("multivariant:\n%s", s.Multivariant())
	}
}

// A cut made without re-encoding starts inside a GOP. The repackaged stream starts at its sync
// sample, decodes without complaint, and sound stays with the picture.
func TestStream_TrimmedUploadDecodes(t *testing.T) {
	s, f := open(t, "trimmed.mp4")
	url := serve(t, s)
	mp4test.Run(t, "ffmpeg", "-v", "error", "-nostdin", "-i", url+NamePlaylist, "-f", "null", "-")
	got := probe(t, url+NamePlaylist)
	video, audio := s.movie.Video(), s.movie.Audio()
	if want := strconv.Itoa(video.Samples.Len() - s.v.First); got.Streams[0].Packets != want {
		t.Errorf("%s pictures in the playlist of %s, want %s", got.Streams[0].Packets, f.Name(), want)
	}
	// Presentation distance of first sound to first picture, by the edit lists and as served.
	first := func(tr *mp4.Track, i int) float64 {
		k := tr.Samples.At(i)
		return float64(k.DTS+int64(k.CTS)-tr.Edit.Start) / float64(tr.Timescale)
	}
	want := first(audio, s.a.First) - first(video, s.v.First)
	have := seconds(t, got.Streams[1].StartTime) - seconds(t, got.Streams[0].StartTime)
	if d := have - want; d > 0.002 || d < -0.002 {
		t.Errorf("sound starts %.4f s after the picture, want %.4f", have, want)
	}
}

func TestStream_EverySegmentStandsAlone(t *testing.T) {
	s, _ := open(t, "portrait.mp4")
	if s.Segments() < 2 {
		t.Fatalf("%d segments", s.Segments())
	}
	dir := t.TempDir()
	for n := range s.Segments() {
		var b bytes.Buffer
		b.Write(s.Init())
		if err := s.Segment(&b, n); err != nil {
			t.Fatal(err)
		}
		path := dir + "/" + strconv.Itoa(n) + ".mp4"
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		mp4test.Run(t, "ffmpeg", "-v", "error", "-nostdin", "-i", path, "-f", "null", "-")
		seg := s.segments[n]
		if b.Len()-len(s.Init()) < int(seg.bytes) {
			t.Errorf("segment %d has %d bytes for %d of samples", n, b.Len(), seg.bytes)
		}
	}
	for _, n := range []int{-1, s.Segments()} {
		if err := s.Segment(io.Discard, n); !errs.Is(err, errs.NotFound) {
			t.Errorf("segment %d: %v", n, err)
		}
	}
}

func TestPlaylist_LongGOPIsCutAndSaysSo(t *testing.T) {
	s, _ := open(t, "longgop.mp4")
	playlist := string(s.Playlist(time.Time{}))
	if s.Segments() != 3 || strings.Contains(playlist, "INDEPENDENT") || !strings.Contains(playlist, "TARGETDURATION:30\n") {
		t.Errorf("%d segments:\n%s", s.Segments(), playlist)
	}
	if gap := s.Info().KeyframeGapMaxMS; gap < 69_000 || gap > 70_000 {
		t.Errorf("longest keyframe gap %d ms", gap)
	}
	mp4test.Run(t, "ffmpeg", "-v", "error", "-nostdin", "-i", serve(t, s)+NamePlaylist, "-f", "null", "-")
}

func TestPlaylist_DatesAndDurationsAddUp(t *testing.T) {
	s, _ := open(t, "portrait.mp4")
	start := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	var sum float64
	var dates []time.Time
	for _, line := range strings.Split(string(s.Playlist(start)), "\n") {
		if v, ok := strings.CutPrefix(line, "#EXTINF:"); ok {
			sum += seconds(t, strings.TrimSuffix(v, ","))
		}
		if v, ok := strings.CutPrefix(line, "#EXT-X-PROGRAM-DATE-TIME:"); ok {
			at, err := time.Parse(time.RFC3339, v)
			if err != nil {
				t.Fatal(err)
			}
			dates = append(dates, at)
		}
	}
	if len(dates) != s.Segments() || !dates[0].Equal(start) || !dates[1].After(start.Add(3*time.Second)) {
		t.Errorf("dates %v", dates)
	}
	if d := sum*1000 - float64(s.Info().DurationMS); d > 1 || d < -1 {
		t.Errorf("segments last %.3f s, info says %d ms", sum, s.Info().DurationMS)
	}
}

func TestProbe_Refuses(t *testing.T) {
	for _, c := range []struct{ file, code string }{
		{"hevc.mp4", "codec_unsupported"}, {"opus.mp4", "codec_unsupported"}, {"audio.mp4", "no_video_track"},
	} {
		b, err := os.ReadFile(mp4test.File(t, c.file))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewCache(CacheDeps{}).Probe(t.Context(), bytes.NewReader(b), int64(len(b))); errs.CodeOf(err) != c.code {
			t.Errorf("%s: %v", c.file, err)
		}
	}
}

// What a caller allows is repackaged as faithfully as H.264.
func TestStream_AllowedCodecs(t *testing.T) {
	for name, allow := range map[string]av.Codec{"hevc.mp4": av.HEVC, "hev1.mp4": av.HEVC, "opus.mp4": av.Opus} {
		s, f := open(t, name, allow)
		samePackets(t, serve(t, s)+NamePlaylist, f.Name())
		if tag, _, _ := strings.Cut(s.Info().Codecs, "."); !bytes.Contains(s.Init(), []byte(tag)) {
			t.Errorf("%s: CODECS says %s, the init segment does not", name, s.Info().Codecs)
		}
	}
}

func TestProbe_Describes(t *testing.T) {
	b, err := os.ReadFile(mp4test.File(t, "portrait.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	i, err := NewCache(CacheDeps{}).Probe(t.Context(), bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if i.Width != 180 || i.Height != 320 || i.FPS != 25 || !i.HasAudio || i.KeyframeGapMaxMS != 1000 ||
		i.DurationMS < 9_350 || i.DurationMS > 9_500 || i.BitrateBPS <= 0 || i.PeakBPS < i.BitrateBPS {
		t.Errorf("%+v", i)
	}
}
