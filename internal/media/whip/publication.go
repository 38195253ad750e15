package whip

import (
	"bytes"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/codec"
)

const (
	// trackWait is how long the second track may follow the first.
	trackWait = 2 * time.Second
	// configWait ends a publication whose media never becomes playable.
	configWait = 10 * time.Second
	// maxHeldSamples and maxHeldBytes bound what waits for the second track: two seconds of 120 fps
	// and sound, and two of the largest pictures.
	maxHeldSamples = 512
	maxHeldBytes   = 2 * maxPicture
	// opusStereo is the bit of an Opus packet's first byte that tells its channels (RFC 6716 3.1).
	opusStereo = 0x04
)

// publication turns RTP into a sink's tracks and samples.
type publication struct {
	clock  clock.Clock
	sink   av.Sink
	offer  offer
	askKey func() // must not block

	mu           sync.Mutex
	picture      *input // nil before its stream came
	sound        *input
	sps, pps     [][]byte
	video, audio av.Track // ID 0 while not known
	needKey      bool     // nothing can be shown before the next random access point
	first, last  time.Time

	started bool // the sink has tracks
	told    []av.Track
	changed bool // told is not what is known
	held    []held
	size    int // of held, bytes
	failed  error

	total totals
}

type totals struct{ samples, dropped, gaps uint64 }

// held is a sample whose DTS is still RTP time.
type held struct {
	sample av.Sample
	on     *line
}

// input is one RTP stream.
type input struct {
	video  bool
	order  reorder
	frames assembler
	line   line
}

func newPublication(c clock.Clock, sink av.Sink, o offer, askKey func()) *publication {
	return &publication{clock: c, sink: sink, offer: o, askKey: askKey, needKey: true}
}

// attach makes a new stream the one that is listened to.
func (p *publication) attach(video bool) *input {
	p.mu.Lock()
	defer p.mu.Unlock()
	if video {
		p.picture = &input{video: true, order: reorder{patience: picturePatience}, line: line{rate: videoRate}}
		p.needKey = true
		return p.picture
	}
	p.sound = &input{order: reorder{patience: soundPatience}, line: line{rate: audioRate}}
	return p.sound
}

// packet takes the next packet of a stream. Its error is the sink's and ends the publication.
func (p *publication) packet(in *input, pk packet) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if in != p.picture && in != p.sound {
		return nil // replaced
	}
	if p.first.IsZero() {
		p.first = pk.at
	}
	p.last = pk.at
	if len(pk.payload) > 0 {
		in.line.anchor(pk.ts, pk.at.Sub(p.first))
	}
	if p.failed == nil {
		p.failed = in.order.push(pk, func(pk packet, gap bool) error {
			if gap {
				p.total.gaps++
			}
			if !in.video {
				return p.takeSound(in, pk)
			}
			lost, err := in.frames.push(pk, gap, func(pic picture) error { return p.takePicture(in, pic) })
			if lost {
				p.needKey = true
				p.askKey()
			}
			return err
		})
	}
	return p.failed
}

// report takes a sender report of a stream.
func (p *publication) report(in *input, ntp uint64, rtp uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	in.line.report(ntp, rtp)
	if p.picture != nil && p.sound != nil {
		p.picture.line.follow(&p.sound.line)
	}
}

// tick starts the sink when the second track is overdue.
func (p *publication) tick(now time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed != nil || p.started || p.first.IsZero() {
		return p.failed
	}
	waited := now.Sub(p.first)
	switch {
	case waited >= trackWait && len(p.held) > 0:
		p.failed = p.start()
	case waited >= configWait:
		p.failed = errs.New(errs.Invalid, "whip_no_picture", "the browser sent media for %d s without a usable picture or sound", int(configWait.Seconds()))
	}
	return p.failed
}

// state tells when the last packet came, zero before the first, and whether a key frame is overdue.
func (p *publication) state() (last time.Time, waiting bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last, p.picture != nil && p.needKey
}

func (p *publication) totals() totals {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.total
}

// finish starts a stream so short that it ended while waiting for its second track. The sink is
// closed right after, so its error has no one to go to.
func (p *publication) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed == nil && !p.started && len(p.held) > 0 {
		p.failed = p.start()
	}
}

func (p *publication) takeSound(in *input, pk packet) error {
	if len(pk.payload) == 0 {
		return nil
	}
	if _, err := codec.OpusSamples(pk.payload); err != nil {
		p.total.dropped++
		return nil
	}
	// A packet in stereo settles it, whatever the offer said: declared as mono it would be heard
	// as mono. The other way round nothing is lost.
	channels := 1
	if p.offer.stereo || pk.payload[0]&opusStereo != 0 {
		channels = 2
	}
	if channels > p.audio.Channels {
		config := codec.OpusConfig{Channels: channels, InputRate: codec.OpusRate}
		track, err := codec.Track(av.Opus, config.DOps(), audioRate)
		if err != nil {
			return err
		}
		p.audio, p.changed = track, true
	}
	return p.emit(&in.line, av.Sample{Track: av.AudioID, DTS: in.line.unwrap(pk.ts), Key: true, Data: pk.payload})
}

func (p *publication) takePicture(in *input, pic picture) error {
	rtp := in.line.unwrap(pic.ts)
	sps, pps := codec.H264ParameterSets(pic.nals)
	if len(sps) > 0 {
		p.sps = sps
	}
	if len(pps) > 0 {
		p.pps = pps
	}
	key := codec.H264IsIDR(pic.nals)
	body := pic.body(key)
	switch {
	case !coded(body):
		return nil // parameter sets that came ahead of their picture
	case p.needKey && !key, key && !p.configure():
		p.total.dropped++
		p.needKey = true
		p.askKey()
		return nil
	}
	p.needKey = false
	return p.emit(&in.line, av.Sample{Track: av.VideoID, DTS: rtp, Key: key, Data: codec.JoinAVCC(body)})
}

// configure makes the picture's track out of the newest parameter sets; false means that there are
// none that can be read.
func (p *publication) configure() bool {
	config, err := codec.BuildAVCC(p.sps, p.pps)
	if err != nil {
		return false
	}
	if bytes.Equal(config, p.video.Config) {
		return true
	}
	track, err := codec.Track(av.H264, config, videoRate)
	if err != nil {
		return false
	}
	if !p.started && p.video.ID != 0 {
		p.forgetPictures()
	}
	p.video, p.changed = track, true
	return true
}

// forgetPictures drops what waits under a configuration that was replaced before the start.
func (p *publication) forgetPictures() {
	kept := p.held[:0]
	for _, h := range p.held {
		if h.sample.Track == av.VideoID {
			p.size -= len(h.sample.Data)
			p.total.dropped++
			continue
		}
		kept = append(kept, h)
	}
	p.held = kept
}

// emit passes a sample on, or holds it until the tracks are known.
func (p *publication) emit(on *line, s av.Sample) error {
	if !p.started {
		p.held = append(p.held, held{s, on})
		p.size += len(s.Data)
		ready := (p.video.ID != 0 || !p.offer.video) && (p.audio.ID != 0 || !p.offer.audio)
		if ready || len(p.held) >= maxHeldSamples || p.size >= maxHeldBytes {
			return p.start()
		}
		return nil
	}
	return p.write(on, s)
}

func (p *publication) start() error {
	p.started = true
	if p.picture != nil {
		p.picture.line.settle()
	}
	waiting := p.held
	p.held, p.size = nil, 0
	if err := p.tell(); err != nil {
		return err
	}
	for _, h := range waiting {
		if err := p.write(h.on, h.sample); err != nil {
			return err
		}
	}
	return nil
}

// write gives the sink a sample, after its new tracks when they may change here. Sound that joins a
// running picture waits for the picture's next random access point.
func (p *publication) write(on *line, s av.Sample) error {
	video := s.Track == av.VideoID
	if p.changed && (video && s.Key || !p.tells(av.VideoID)) {
		if err := p.tell(); err != nil {
			return err
		}
	}
	s.DTS = on.place(s.DTS)
	if !p.tells(s.Track) {
		p.total.dropped++
		return nil
	}
	p.total.samples++
	return p.sink.Write(s)
}

func (p *publication) tells(id int) bool {
	for _, t := range p.told {
		if t.ID == id {
			return true
		}
	}
	return false
}

func (p *publication) tell() error {
	p.told, p.changed = nil, false
	for _, t := range []av.Track{p.video, p.audio} {
		if t.ID != 0 {
			p.told = append(p.told, t)
		}
	}
	return p.sink.Tracks(p.told)
}
