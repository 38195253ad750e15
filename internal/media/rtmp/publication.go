package rtmp

import (
	"bytes"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/codec"
)

const (
	timescale = 1000 // RTMP counts milliseconds
	// trackWait is how long the second track may follow the first, in media time or on arrival.
	// onMetaData is not asked: encoders announce tracks they never send.
	trackWait = 2 * time.Second
	// configWait ends a publication that sends frames without any configuration.
	configWait = 10 * time.Second
	// maxHeldSamples and maxHeldBytes bound what waits for the second track: two seconds of
	// 240 fps picture and sound, and two of the largest messages.
	maxHeldSamples = 1024
	maxHeldBytes   = 2 * maxMediaMessage
)

// publication turns audio and video messages into a sink's tracks and samples.
type publication struct {
	sink  av.Sink
	clock clock.Clock

	video, audio elementary
	started      bool // the sink has tracks
	// audioWaits is set when a sound configuration arrived after the start. Tracks changes only at
	// a random access point of the picture, so the sound is left out until the next one.
	audioWaits bool

	base    int64 // unwrapped time of the newest message, ms
	hasBase bool

	firstMS   int64     // media time of the first message
	firstAt   time.Time // its arrival
	waitMS    int64     // media time when the first configuration arrived
	waitAt    time.Time
	waiting   bool
	held      []av.Sample
	heldBytes int

	samples, dropped uint64
}

// elementary is one track with the configuration it was made of.
type elementary struct {
	known      bool
	track      av.Track
	source     []byte // configuration bytes as sent
	lengthSize int    // of NAL units as sent
	sps        []byte // H.264: the parameter set in force
}

// message takes one audio, video or aggregate message; other kinds are ignored.
func (p *publication) message(m message) error {
	switch m.kind {
	case typeVideo:
		t, err := parseVideoTag(m.payload)
		if err != nil {
			return err
		}
		return p.tag(&p.video, t, m.timestamp)
	case typeAudio:
		t, err := parseAudioTag(m.payload)
		if err != nil {
			return err
		}
		return p.tag(&p.audio, t, m.timestamp)
	case typeAggregate:
		parts, err := splitAggregate(m)
		if err != nil {
			return err
		}
		for _, part := range parts {
			if part.kind == typeAggregate {
				return malformedTag("nested aggregate message")
			}
			if err := p.message(part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *publication) tag(e *elementary, t tag, timestamp uint32) error {
	if t.kind == tagIgnored || len(t.data) == 0 {
		return nil
	}
	ms := p.unwrap(timestamp)
	if err := p.waited(ms); err != nil {
		return err
	}
	if t.kind == tagConfig {
		return p.configure(e, t, ms)
	}
	if !e.known || e.track.Codec != t.codec {
		p.dropped++ // undecodable without its configuration
		return nil
	}
	s, ok := e.sample(t, ms)
	if !ok {
		p.dropped++
		return nil
	}
	if s.Key && t.codec == av.H264 {
		if err := p.inBand(e, s, ms); err != nil {
			return err
		}
	}
	return p.emit(s)
}

// inBand follows encoders that change the picture size by new parameter sets inside a key frame,
// without another sequence header.
func (p *publication) inBand(e *elementary, key av.Sample, ms int64) error {
	nals, err := codec.SplitAVCC(key.Data)
	if err != nil {
		return err
	}
	sps, pps := codec.H264ParameterSets(nals)
	if len(sps) == 0 || len(pps) == 0 || bytes.Equal(sps[0], e.sps) {
		return nil
	}
	config, err := codec.BuildAVCC(sps, pps)
	if err != nil {
		return nil // a damaged copy changes nothing; the sequence header stays in force
	}
	lengthSize := e.lengthSize
	err = p.configure(e, tag{kind: tagConfig, codec: av.H264, data: config}, ms)
	e.lengthSize = lengthSize
	return err
}

// unwrap carries the 32-bit clock over its end. Sound and picture share it, so that a stream never
// splits when one of them passes the end first.
func (p *publication) unwrap(timestamp uint32) int64 {
	if !p.hasBase {
		p.hasBase, p.base = true, int64(timestamp)
		p.firstMS, p.firstAt = p.base, p.clock.Now()
	}
	p.base += int64(int32(timestamp - uint32(p.base)))
	return p.base
}

// waited starts the sink when the second track is overdue.
func (p *publication) waited(ms int64) error {
	if p.started {
		return nil
	}
	now := p.clock.Now()
	if !p.waiting {
		if ms-p.firstMS >= configWait.Milliseconds() || now.Sub(p.firstAt) >= configWait {
			return errs.New(errs.Invalid, "rtmp_no_config", "the encoder sent media for %d s without a codec configuration", int(configWait.Seconds()))
		}
		return nil
	}
	if ms-p.waitMS >= trackWait.Milliseconds() || now.Sub(p.waitAt) >= trackWait {
		return p.start()
	}
	return nil
}

func (p *publication) configure(e *elementary, t tag, ms int64) error {
	if e.known && e.track.Codec == t.codec && bytes.Equal(e.source, t.data) {
		return nil
	}
	next, err := newElementary(t)
	if err != nil {
		return errs.New(errs.Invalid, "rtmp_config", "the encoder's %s configuration cannot be read", t.codec).Because(err)
	}
	*e = next
	switch {
	case !p.started:
		p.forget(next.track.ID)
		if !p.waiting {
			p.waiting, p.waitMS, p.waitAt = true, ms, p.clock.Now()
		}
		if p.video.known && p.audio.known {
			return p.start()
		}
		return nil
	case e == &p.audio && p.video.known:
		p.audioWaits = true
		return nil
	}
	p.audioWaits = false
	return p.sink.Tracks(p.tracks())
}

// forget drops held samples of a track whose configuration was replaced before the start.
func (p *publication) forget(id int) {
	kept := p.held[:0]
	for _, s := range p.held {
		if s.Track == id {
			p.heldBytes -= len(s.Data)
			p.dropped++
			continue
		}
		kept = append(kept, s)
	}
	p.held = kept
}

func (p *publication) emit(s av.Sample) error {
	if !p.started {
		p.held = append(p.held, s)
		p.heldBytes += len(s.Data)
		if len(p.held) >= maxHeldSamples || p.heldBytes >= maxHeldBytes {
			return p.start()
		}
		return nil
	}
	if p.audioWaits {
		if s.Track == av.AudioID {
			p.dropped++
			return nil
		}
		if s.Key {
			p.audioWaits = false
			if err := p.sink.Tracks(p.tracks()); err != nil {
				return err
			}
		}
	}
	p.samples++
	return p.sink.Write(s)
}

// start gives the sink its tracks and everything held.
func (p *publication) start() error {
	p.started = true
	held := p.held
	p.held, p.heldBytes = nil, 0
	if err := p.sink.Tracks(p.tracks()); err != nil {
		return err
	}
	for _, s := range held {
		if err := p.emit(s); err != nil {
			return err
		}
	}
	return nil
}

// finish starts a stream so short that it ended while waiting for a second track.
func (p *publication) finish() error {
	if p.started || !p.waiting {
		return nil
	}
	return p.start()
}

func (p *publication) tracks() []av.Track {
	var out []av.Track
	for _, e := range []*elementary{&p.video, &p.audio} {
		if e.known {
			out = append(out, e.track)
		}
	}
	return out
}

func newElementary(t tag) (elementary, error) {
	track, err := codec.Track(t.codec, t.data, timescale)
	if err != nil {
		return elementary{}, err
	}
	e := elementary{known: true, track: track, source: bytes.Clone(t.data)}
	switch t.codec {
	case av.H264:
		rec, err := codec.ParseAVCC(e.source)
		if err != nil {
			return elementary{}, err
		}
		e.lengthSize, e.sps = rec.LengthSize, rec.SPS[0]
	case av.HEVC:
		e.lengthSize = int(t.data[21]&3) + 1
	}
	return e, nil
}

// sample makes a sample of a frame tag; false means its framing is broken. Whether it is a key is
// read from the picture itself: encoders also flag recovery points, where players cannot start.
func (e *elementary) sample(t tag, ms int64) (av.Sample, bool) {
	s := av.Sample{Track: e.track.ID, DTS: ms, CTS: t.cts, Data: t.data}
	var err error
	switch t.codec {
	case av.H264, av.HEVC:
		s.Data, err = codec.NormaliseLengths(t.data, e.lengthSize)
	case av.AV1:
		s.Data, err = codec.AV1Sample(t.data)
	case av.Opus:
		_, err = codec.OpusSamples(t.data)
	}
	if err != nil || len(s.Data) == 0 {
		return av.Sample{}, false
	}
	s.Key = codec.IsKey(t.codec, s.Data)
	return s, true
}
