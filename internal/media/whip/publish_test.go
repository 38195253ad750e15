package whip

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/codec"
)

func TestPublish_PictureAndSoundArriveInStep(t *testing.T) {
	w := newWorld(t, 0)
	pictures, sounds := clip(t, "640x360"), tone(t, "2")
	c := dial(w, "va", nil)
	s := <-w.sinks
	stop := c.start(pictures, sounds)
	s.until(t, "more than two seconds of media", func(_ [][]av.Track, got []arrived) bool { return len(got) > 5*(fps+50)/2 })
	stop()
	if got := w.send("DELETE", c.url, ""); got.status != 200 {
		t.Errorf("delete: %d", got.status)
	}
	if cause := s.ended(t); cause != nil {
		t.Errorf("closed with %v", cause)
	}
	if got := w.send("DELETE", c.url, ""); got.status != 404 {
		t.Errorf("second delete: %d", got.status)
	}

	tracks, samples := s.snapshot()
	if len(tracks) != 1 || len(tracks[0]) != 2 {
		t.Fatalf("tracks %+v", tracks)
	}
	v, a := tracks[0][0], tracks[0][1]
	if v.ID != av.VideoID || v.Codec != av.H264 || v.Width != 640 || v.Height != 360 || v.Timescale != 90000 || !strings.HasPrefix(v.CodecTag, "avc1.42") {
		t.Errorf("video %+v", v)
	}
	if a.ID != av.AudioID || a.Codec != av.Opus || a.Timescale != 48000 || a.SampleRate != 48000 || a.Channels != 2 || a.CodecTag != "Opus" {
		t.Errorf("audio %+v", a)
	}
	if rec, err := codec.ParseDOps(a.Config); err != nil || rec.Channels != 2 || rec.Family != 0 {
		t.Errorf("dOps %+v %v", rec, err)
	}

	// Samples are told apart by their bytes, so that times can be held against the moments they
	// were made for.
	pictureAt, soundAt := index(pictures, sliceOf), index(sounds, func(b []byte) string { return string(b) })
	var keys, frames int
	last := map[int]int64{av.VideoID: math.MinInt64, av.AudioID: math.MinInt64}
	var videoLead, audioLead []float64
	for i, x := range samples {
		if x.DTS <= last[x.Track] {
			t.Fatalf("sample %d of track %d at %d after %d", i, x.Track, x.DTS, last[x.Track])
		}
		last[x.Track] = x.DTS
		if x.CTS != 0 {
			t.Errorf("sample %d has CTS %d", i, x.CTS)
		}
		if x.Track == av.AudioID {
			if j, ok := soundAt[string(x.Data)]; ok {
				audioLead = append(audioLead, float64(x.DTS)/48000-float64(j)*0.02)
			}
			continue
		}
		if frames == 0 && !x.Key {
			t.Error("the first picture is no key frame")
		}
		frames++
		if x.Key {
			keys++
		}
		nals, err := codec.SplitAVCC(x.Data)
		if err != nil || len(nals) == 0 {
			t.Fatalf("picture %d: %v", i, err)
		}
		if sps, pps := codec.H264ParameterSets(nals); x.Key && len(sps)+len(pps) > 0 {
			t.Error("parameter sets inside a key frame")
		}
		if codec.H264IsIDR(nals) != x.Key {
			t.Errorf("picture %d: key %t", i, x.Key)
		}
		j, ok := pictureAt[string(nals[len(nals)-1])]
		if !ok {
			t.Fatalf("picture %d is none of those sent", i)
		}
		videoLead = append(videoLead, float64(x.DTS)/90000-float64(j)/fps)
	}
	if keys < 2 || frames < fps {
		t.Errorf("%d pictures with %d keys", frames, keys)
	}
	if len(videoLead) < fps || len(audioLead) < 20 {
		t.Fatalf("only %d and %d samples could be dated", len(videoLead), len(audioLead))
	}
	for _, x := range videoLead {
		// Before sender reports come, only arrival ties the two clocks, and a busy machine delays arrivals.
		// Late sound is noticed from 125 ms on, early sound sooner (ITU-R BT.1359-1, figure 2).
		if skew := x - audioLead[0]; skew > 0.08 || skew < -0.125 {
			t.Fatalf("picture and sound are %.0f ms apart", skew*1000)
		}
	}
	if n := c.plis.Load(); n < 2 {
		t.Errorf("%d key frames were asked for in two seconds", n)
	}
}

// index finds the position of data by name; names that repeat are left out.
func index(data [][]byte, name func([]byte) string) map[string]int {
	out := map[string]int{}
	for i, b := range data {
		n := name(b)
		if _, again := out[n]; again {
			out[n] = -1
			continue
		}
		out[n] = i
	}
	for n, i := range out {
		if i < 0 {
			delete(out, n)
		}
	}
	return out
}

func sliceOf(annexB []byte) string {
	nals, err := codec.SplitAnnexB(annexB)
	if err != nil || len(nals) == 0 {
		return ""
	}
	return string(nals[len(nals)-1])
}

func TestPublish_OneKindAlone(t *testing.T) {
	for kinds, want := range map[string]av.Codec{"v": av.H264, "a": av.Opus} {
		t.Run(kinds, func(t *testing.T) {
			w := newWorld(t, 0)
			c := dial(w, kinds, nil)
			s := <-w.sinks
			defer c.start(clip(t, "640x360"), tone(t, "1"))()
			s.until(t, "media", func(_ [][]av.Track, got []arrived) bool { return len(got) > 15 })
			tracks, _ := s.snapshot()
			if len(tracks) != 1 || len(tracks[0]) != 1 || tracks[0][0].Codec != want {
				t.Fatalf("tracks %+v", tracks)
			}
			if want == av.Opus && tracks[0][0].Channels != 1 {
				t.Errorf("mono told as %d channels", tracks[0][0].Channels)
			}
		})
	}
}

func TestPublish_AnAnnouncedTrackThatNeverComesIsNotWaitedForForever(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(w, "va", nil)
	s := <-w.sinks
	c.video = nil // offered, but nothing is sent
	began := time.Now()
	defer c.start(nil, tone(t, "2"))()
	s.until(t, "sound alone", func(_ [][]av.Track, got []arrived) bool { return len(got) > 15 })
	if d := time.Since(began); d < trackWait-100*time.Millisecond || d > trackWait+1500*time.Millisecond {
		t.Errorf("started after %s", d)
	}
	if tracks, _ := s.snapshot(); len(tracks) != 1 || len(tracks[0]) != 1 || tracks[0][0].Codec != av.Opus {
		t.Errorf("tracks %+v", tracks)
	}
}

func TestPublish_NewPictureSizeRepeatsTracksAtItsKeyFrame(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(w, "va", nil)
	s := <-w.sinks
	pictures := append(append([][]byte(nil), clip(t, "640x360")[:20]...), clip(t, "360x640")...)
	defer c.start(pictures, tone(t, "2"))()
	s.until(t, "pictures after the turn", func(tracks [][]av.Track, got []arrived) bool {
		n := 0
		for _, x := range got {
			if x.tracks == 2 && x.Track == av.VideoID {
				n++
			}
		}
		return n > 10
	})
	tracks, samples := s.snapshot()
	if len(tracks) != 2 || len(tracks[1]) != 2 {
		t.Fatalf("tracks %+v", tracks)
	}
	if a, b := tracks[0][0], tracks[1][0]; a.Width != 640 || a.Height != 360 || b.Width != 360 || b.Height != 640 {
		t.Errorf("sizes %dx%d and %dx%d", a.Width, a.Height, b.Width, b.Height)
	}
	for i, x := range samples {
		if x.tracks == 2 {
			if x.Track != av.VideoID || !x.Key || samples[i-1].tracks != 1 {
				t.Errorf("the first sample of the new size: track %d, key %t", x.Track, x.Key)
			}
			return
		}
	}
}

func TestPublish_LostPacketsAreAskedForAgain(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(w, "v", nil)
	s := <-w.sinks
	pictures := clip(t, "640x360")
	c.connected()
	c.wire.every.Store(9)
	defer c.start(pictures, nil)()
	s.until(t, "pictures", func(_ [][]av.Track, got []arrived) bool { return len(got) > 45 })
	if lost := c.wire.count.Load() / 9; lost < 5 {
		t.Fatalf("only %d packets were lost", lost)
	}
	_, samples := s.snapshot()
	at := index(pictures, sliceOf)
	for i, x := range samples {
		nals, err := codec.SplitAVCC(x.Data)
		if err != nil {
			t.Fatal(err)
		}
		if j, ok := at[string(nals[len(nals)-1])]; !ok || j != i {
			t.Fatalf("picture %d is number %d of those sent, known %t", i, j, ok)
		}
	}
}

func TestPublish_StereoIsInvitedAndTold(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(w, "a", func(sdp string) string {
		return strings.Replace(sdp, "useinbandfec=1", "useinbandfec=1;sprop-stereo=1", 1)
	})
	if !strings.Contains(c.sdp, ";stereo=1") {
		t.Errorf("answer without stereo=1:\n%s", c.sdp)
	}
	s := <-w.sinks
	// The packets are mono, as of a microphone; what was announced holds.
	defer c.start(nil, tone(t, "1"))()
	s.until(t, "sound", func(_ [][]av.Track, got []arrived) bool { return len(got) > 5 })
	if tracks, _ := s.snapshot(); tracks[0][0].Channels != 2 {
		t.Errorf("announced stereo told as %d channels", tracks[0][0].Channels)
	}
}

func TestEnd_SinkErrorCutsThePublisher(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(w, "va", nil)
	s := <-w.sinks
	defer c.start(clip(t, "640x360"), tone(t, "2"))()
	s.until(t, "media", flowing)
	revoked := errors.New("key revoked")
	s.failWith(revoked)
	if cause := s.ended(t); cause != revoked {
		t.Errorf("closed with %v", cause)
	}
	if got := w.send("PATCH", c.url, "", "Content-Type", typeFragment, "If-Match", c.etag); got.status != 404 {
		t.Errorf("the session is still there: %d", got.status)
	}
}

func TestEnd_SilentPublisherIsCutByDone(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(w, "va", nil)
	s := <-w.sinks
	c.connected()
	s.kick(av.ErrReplaced)
	if cause := s.ended(t); cause != av.ErrReplaced {
		t.Errorf("closed with %v", cause)
	}
}

func TestEnd_SecondPublisherReplacesTheFirst(t *testing.T) {
	w := newWorld(t, 0)
	first := dial(w, "va", nil)
	old := <-w.sinks
	defer first.start(clip(t, "640x360"), tone(t, "2"))()
	old.until(t, "media", flowing)
	second := dial(w, "va", nil)
	next := <-w.sinks
	old.kick(av.ErrReplaced) // as package media does when it admits the next one
	defer second.start(clip(t, "640x360"), tone(t, "2"))()
	if cause := old.ended(t); cause != av.ErrReplaced {
		t.Errorf("closed with %v", cause)
	}
	next.until(t, "media of the second", flowing)
	if got := w.send("DELETE", first.url, ""); got.status != 404 {
		t.Errorf("the first session: %d", got.status)
	}
	if got := w.send("DELETE", second.url, ""); got.status != 200 {
		t.Errorf("the second session: %d", got.status)
	}
}

func TestEnd_VanishedPublisherIsLost(t *testing.T) {
	w := newWorld(t, time.Second)
	c := dial(w, "va", nil)
	s := <-w.sinks
	defer c.start(clip(t, "640x360"), tone(t, "2"))()
	s.until(t, "media", flowing)
	c.wire.mute.Store(true)
	began := time.Now()
	if cause := s.ended(t); !errors.Is(cause, ErrLost) {
		t.Errorf("closed with %v", cause)
	}
	if d := time.Since(began); d < time.Second {
		t.Errorf("given up after %s already", d)
	}
}

func TestEnd_ClosedTabIsLostAtOnce(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(w, "va", nil)
	s := <-w.sinks
	stop := c.start(clip(t, "640x360"), tone(t, "2"))
	s.until(t, "media", flowing)
	stop()
	began := time.Now()
	c.close()
	if cause := s.ended(t); !errors.Is(cause, ErrLost) {
		t.Errorf("closed with %v", cause)
	}
	if d := time.Since(began); d > 3*time.Second {
		t.Errorf("noticed after %s", d)
	}
}

func TestEnd_CloseEndsAllSessions(t *testing.T) {
	w := newWorld(t, 0)
	c := dial(w, "va", nil)
	s := <-w.sinks
	defer c.start(clip(t, "640x360"), tone(t, "2"))()
	s.until(t, "media", flowing)
	w.h.Close()
	select {
	case <-s.over:
	default:
		t.Error("Close did not wait")
	}
	if cause := s.ended(t); cause != ErrClosed {
		t.Errorf("closed with %v", cause)
	}
	if got := w.post(someOffer); got.status != 503 {
		t.Errorf("post after Close: %d", got.status)
	}
	if got := len(w.sinks); got != 0 {
		t.Errorf("%d more sinks", got)
	}
}

// someOffer is enough to be parsed; nobody is behind it.
var someOffer = strings.Join([]string{
	"v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
	"a=fingerprint:sha-256 " + strings.TrimSuffix(strings.Repeat("AB:", 32), ":"),
	"m=video 9 UDP/TLS/RTP/SAVPF 102", "c=IN IP4 0.0.0.0", "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=setup:actpass",
	"a=mid:0", "a=sendonly", "a=rtcp-mux", "a=rtpmap:102 H264/90000", "a=rtcp-fb:102 nack", "a=rtcp-fb:102 nack pli",
	"a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", fmt.Sprintf("a=ssrc:%d cname:x", 1234), "",
}, "\r\n")
