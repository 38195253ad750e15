package source

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mp4"
)

const (
	// videoTimescale is the clock of every picture track, as RTP and MPEG-TS use it.
	videoTimescale = 90000
	// maxLag is how far sending may fall behind before the schedule is moved instead.
	maxLag = 2 * time.Second
	// minLoop refuses files whose loop would spin: below it there is no motion to show, and sound
	// repeats as a buzz.
	minLoop = 200 * time.Millisecond
)

// Loop plays the movie into sink until ctx ends or the sink refuses, then closes the sink with that
// error and returns it. Pictures come in 90 kHz ticks, sound in its sample rate; NAL lengths are 4
// bytes. Errors before anything is sent: those of mp4.Movie.Playable, and video_too_short.
func Loop(ctx context.Context, movie *mp4.Movie, r io.ReaderAt, c clock.Clock, sink av.Sink) error {
	lanes, err := newLanes(movie)
	if err == nil {
		p := &player{r: r, clock: c, sink: sink, lanes: lanes}
		err = p.play(ctx)
	}
	sink.Close(err)
	return err
}

// newLanes makes the picture's lane and, if there is usable sound, the sound's.
func newLanes(movie *mp4.Movie) ([]*lane, error) {
	if err := movie.Playable(); err != nil {
		return nil, err
	}
	video, audio := movie.Video(), movie.Audio()
	vs, as := movie.Align(video, audio)
	picture, err := newLane(video, vs, videoTimescale)
	if err != nil {
		return nil, err
	}
	if picture.length < mp4.Rescale(int64(minLoop), videoTimescale, uint32(time.Second)) {
		return nil, errs.New(errs.Invalid, "video_too_short", "the video is too short to play in a loop")
	}
	lanes := []*lane{picture}
	if audio != nil {
		sound, err := newLane(audio, as, uint32(audio.SampleRate))
		if err != nil {
			return nil, err
		}
		if sound.length >= mp4.Rescale(int64(minLoop), sound.out.Timescale, uint32(time.Second)) {
			lanes = append(lanes, sound)
		}
	}
	for _, l := range lanes {
		l.loop(picture.length, videoTimescale)
	}
	return lanes, nil
}

// player is one publication.
type player struct {
	r     io.ReaderAt
	clock clock.Clock
	sink  av.Sink
	lanes []*lane
	start time.Time // when time 0 is due
}

// play sends the lanes' samples in the order of their decode times.
func (p *player) play(ctx context.Context) error {
	tracks := make([]av.Track, len(p.lanes))
	for i, l := range p.lanes {
		tracks[i] = l.out
	}
	if err := p.sink.Tracks(tracks); err != nil {
		return fmt.Errorf("publish tracks: %w", err)
	}
	p.start = p.clock.Now()
	for {
		l := p.lanes[0]
		for _, other := range p.lanes[1:] {
			if other.due() < l.due() {
				l = other
			}
		}
		if err := p.wait(ctx, l.due()); err != nil {
			return err
		}
		sample, err := l.read(p.r)
		if err != nil {
			return err
		}
		if err := p.sink.Write(sample); err != nil {
			return fmt.Errorf("publish sample: %w", err)
		}
		l.advance()
	}
}

// wait returns when due has come.
func (p *player) wait(ctx context.Context, due time.Duration) error {
	ahead := due - p.clock.Now().Sub(p.start)
	if ahead < -maxLag {
		p.start = p.start.Add(-ahead)
	}
	if ahead <= 0 {
		return ctx.Err()
	}
	select {
	case <-p.clock.After(ahead):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
