package normal

import (
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
)

// Warning codes. The web client has a sentence for each.
const (
	WarnNoKeyframes    = "no_keyframes"    // more than 6 s between key frames
	WarnTimestampJumps = "timestamp_jumps" // a rebase within the last minute
	WarnAudioOnly      = "audio_only"
	WarnVideoOnly      = "video_only"
	WarnOpusAudio      = "opus_audio" // iPhone viewers may have no sound
)

const (
	maxKeyGapMS = 6000
	// jumpMemory is how long a rebase is worth a warning.
	jumpMemory = time.Minute
	// rateSeconds is the window of the bitrate, in whole seconds of arrival.
	rateSeconds = 5
	// fpsFrames is the window of the frame rate, a second or two of pictures.
	fpsFrames = 64
	// fpsStale is the silence after which the frame rate is 0.
	fpsStale = 3 * time.Second
)

// Health is what a host wants to know about the incoming stream.
type Health struct {
	VideoFrames uint64  // pictures passed on
	AudioFrames uint64  // sound frames received
	Bytes       uint64  // payload received
	BitrateBPS  int64   // over the last 5 s of arrival
	FPS         float64 // of the last 64 pictures; 0 after 3 s of silence
	KeyGapMS    int64   // between the last two key frames; 0 before the second
	Clamps      uint64  // timestamps repaired one by one
	Jumps       uint64  // rebases to a new timeline
	Dropped     uint64  // pictures before a key frame and sound running ahead
	BFrames     bool    // pictures are reordered, which WHEP cannot carry
	Warnings    []string
}

// gauge gathers Health while samples pass.
type gauge struct {
	clock clock.Clock

	mu       sync.Mutex
	h        Health
	codecs   map[int]av.Codec
	lastJump time.Time

	began   int64 // second of the first arrival
	seconds [rateSeconds + 1]struct{ at, bytes int64 }

	dts       [fpsFrames]int64
	pictures  int // in dts, at most fpsFrames
	lastSeen  time.Time
	lastPTS   int64
	lastKey   int64
	hasKey    bool
	sinceKey  int64 // ms, of pictures since the last key frame
	dropping  bool
	dropStart int64 // input time of the first picture dropped in a row, microseconds
}

func (g *gauge) tracks(tracks []av.Track) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.codecs = map[int]av.Codec{}
	for _, t := range tracks {
		g.codecs[t.ID] = t.Codec
	}
}

// arrived counts what the publisher sent, whatever becomes of it.
func (g *gauge) arrived(s av.Sample) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now().Unix()
	if g.h.Bytes == 0 && g.began == 0 {
		g.began = now
	}
	g.h.Bytes += uint64(len(s.Data))
	if s.Track == av.AudioID {
		g.h.AudioFrames++
	}
	b := &g.seconds[now%int64(len(g.seconds))]
	if b.at != now {
		b.at, b.bytes = now, 0
	}
	b.bytes += int64(len(s.Data))
}

// picture counts a picture on its output timeline.
func (g *gauge) picture(s av.Sample) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dts[g.h.VideoFrames%fpsFrames] = s.DTS
	g.h.VideoFrames++
	g.pictures = min(g.pictures+1, fpsFrames)
	g.lastSeen, g.dropping = g.clock.Now(), false
	pts := s.DTS + int64(s.CTS)
	if g.h.VideoFrames > 1 && pts < g.lastPTS {
		g.h.BFrames = true
	}
	g.lastPTS = pts
	if s.Key {
		if g.hasKey {
			g.h.KeyGapMS = (s.DTS - g.lastKey) * 1000 / videoScale
		}
		g.lastKey, g.hasKey = s.DTS, true
	}
	g.sinceKey = (s.DTS - g.lastKey) * 1000 / videoScale
}

func (g *gauge) dropPicture(inUS int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.h.Dropped++
	if !g.dropping {
		g.dropping, g.dropStart = true, inUS
	}
	g.sinceKey = (inUS - g.dropStart) / 1000
}

func (g *gauge) drop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.h.Dropped++
}

func (g *gauge) clamp() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.h.Clamps++
}

func (g *gauge) jump() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.h.Jumps++
	g.lastJump = g.clock.Now()
}

func (g *gauge) snapshot() Health {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	h := g.h
	h.BitrateBPS = g.bitrate(now.Unix())
	if g.pictures > 1 && now.Sub(g.lastSeen) < fpsStale {
		n := g.h.VideoFrames
		newest, oldest := g.dts[(n-1)%fpsFrames], g.dts[(n-uint64(g.pictures))%fpsFrames]
		h.FPS = float64(g.pictures-1) * videoScale / float64(newest-oldest)
	}
	h.Warnings = g.warnings(now)
	return h
}

// bitrate averages whole seconds only; the running one would make the figure jump.
func (g *gauge) bitrate(now int64) int64 {
	span := min(now-g.began, rateSeconds)
	if g.began == 0 || span < 1 {
		return 0
	}
	var bytes int64
	for _, b := range g.seconds {
		if b.at >= now-span && b.at < now {
			bytes += b.bytes
		}
	}
	return bytes * 8 / span
}

func (g *gauge) warnings(now time.Time) []string {
	var out []string
	video, audio := g.codecs[av.VideoID], g.codecs[av.AudioID]
	if video != "" && max(g.h.KeyGapMS, g.sinceKey) > maxKeyGapMS {
		out = append(out, WarnNoKeyframes)
	}
	if g.h.Jumps > 0 && now.Sub(g.lastJump) < jumpMemory {
		out = append(out, WarnTimestampJumps)
	}
	switch {
	case video == "" && audio != "":
		out = append(out, WarnAudioOnly)
	case video != "" && audio == "":
		out = append(out, WarnVideoOnly)
	}
	if audio == av.Opus {
		out = append(out, WarnOpusAudio)
	}
	return out
}
