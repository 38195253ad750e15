package assets

import (
	"encoding/binary"
	"encoding/json"
	"io/fs"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// probe is the part of ffprobe's answer that matters here.
type probe struct {
	Streams []struct {
		CodecType  string `json:"codec_type"`
		CodecName  string `json:"codec_name"`
		Profile    string `json:"profile"`
		PixFmt     string `json:"pix_fmt"`
		Width      int    `json:"width"`
		Height     int    `json:"height"`
		HasBFrames int    `json:"has_b_frames"`
		SampleRate string `json:"sample_rate"`
		Duration   string `json:"duration"`
	} `json:"streams"`
	Packets []struct {
		PTS   string `json:"pts_time"`
		DTS   string `json:"dts_time"`
		Flags string `json:"flags"`
	} `json:"packets"`
}

// seconds reads a time of ffprobe; NaN fails every comparison that follows.
func seconds(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func TestClips_CanBeCutIntoSegmentsWithoutEncoding(t *testing.T) {
	if _, err := exec.LookPath("ffprobe"); err != nil {
		t.Fatal("ffprobe is not installed; apt-get install ffmpeg, as make test does")
	}
	for _, c := range world(t).Clips {
		t.Run(c.Key, func(t *testing.T) {
			t.Parallel()
			raw, err := exec.Command("ffprobe", "-v", "error", "-of", "json",
				"-show_entries", "stream=codec_type,codec_name,profile,pix_fmt,width,height,has_b_frames,sample_rate,duration:packet=pts_time,dts_time,flags",
				"-select_streams", "v", filepath.FromSlash(c.File)).Output()
			if err != nil {
				t.Fatalf("ffprobe: %v", err)
			}
			var p probe
			if err := json.Unmarshal(raw, &p); err != nil {
				t.Fatal(err)
			}
			if len(p.Streams) != 1 {
				t.Fatalf("%d video streams, want one", len(p.Streams))
			}
			v := p.Streams[0]
			if v.CodecName != "h264" || v.Profile != "High" || v.PixFmt != "yuv420p" {
				t.Errorf("video is %s %s %s, want h264 High yuv420p", v.CodecName, v.Profile, v.PixFmt)
			}
			if v.Width != 540 || v.Height != 960 {
				t.Errorf("picture is %dx%d, want 540x960", v.Width, v.Height)
			}
			if !(math.Abs(seconds(v.Duration)*1000-float64(c.DurationMS)) < 41) {
				t.Errorf("lasts %s s, manifest says %d ms", v.Duration, c.DurationMS)
			}
			if v.HasBFrames != 0 {
				t.Errorf("has_b_frames = %d", v.HasBFrames)
			}
			checkKeyFrames(t, p)
			checkSound(t, c)
		})
	}
}

func checkKeyFrames(t *testing.T, p probe) {
	t.Helper()
	if len(p.Packets) == 0 || p.Packets[0].Flags[0] != 'K' {
		t.Fatal("the clip does not open with a key frame")
	}
	last := seconds(p.Packets[0].PTS)
	for i, k := range p.Packets {
		at := seconds(k.PTS)
		if k.PTS != k.DTS {
			t.Fatalf("packet %d is shown at %s but decoded at %s: a B-frame", i, k.PTS, k.DTS)
		}
		if !(at-last <= 2.001) {
			t.Fatalf("no key frame between %.2f s and %.2f s", last, at)
		}
		if k.Flags[0] == 'K' {
			last = at
		}
	}
}

func checkSound(t *testing.T, c Clip) {
	t.Helper()
	raw, err := exec.Command("ffprobe", "-v", "error", "-of", "json", "-show_entries", "stream=codec_name,sample_rate,duration", "-select_streams", "a", filepath.FromSlash(c.File)).Output()
	if err != nil {
		t.Fatalf("ffprobe: %v", err)
	}
	var p probe
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Streams) != 1 || p.Streams[0].CodecName != "aac" || p.Streams[0].SampleRate != "48000" {
		t.Fatalf("sound is %+v, want one aac stream at 48000 Hz", p.Streams)
	}
	if d := seconds(p.Streams[0].Duration) * 1000; !(math.Abs(d-float64(c.DurationMS)) < 90) {
		t.Errorf("sound lasts %.0f ms, picture %d ms", d, c.DurationMS)
	}
}

// TestClips_AreFastStart reads the top-level boxes (ISO/IEC 14496-12 4.2): a
// player that has the first bytes must already have the index.
func TestClips_AreFastStart(t *testing.T) {
	for _, c := range world(t).Clips {
		raw, err := fs.ReadFile(FS(), c.File)
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		for at := 0; at+8 <= len(raw); {
			size := int(binary.BigEndian.Uint32(raw[at:]))
			order = append(order, string(raw[at+4:at+8]))
			if size < 8 || at+size > len(raw) {
				t.Fatalf("%s: box %s of %d bytes at %d runs out of the file", c.Key, order[len(order)-1], size, at)
			}
			at += size
		}
		moov, mdat := -1, -1
		for i, b := range order {
			switch b {
			case "moov":
				moov = i
			case "mdat":
				mdat = i
			}
		}
		if len(order) == 0 || order[0] != "ftyp" || moov < 0 || mdat < moov {
			t.Errorf("%s: boxes are %v, want ftyp, moov, mdat", c.Key, order)
		}
	}
}
