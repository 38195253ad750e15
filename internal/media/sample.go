package media

import (
	"context"
	"fmt"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/mp4"
	"github.com/hawker-live/hawker/internal/media/source"
	"github.com/hawker-live/hawker/internal/media/vod"
)

// sampleProtocol is how a sample source shows as a publisher.
const sampleProtocol = "sample"

// sampleRun is one running sample source.
type sampleRun struct{ cancel context.CancelFunc }

var (
	errSampleRunning = errs.New(errs.Conflict, "sample_running", "the sample source is on already")
	errPublisherOn   = errs.New(errs.Conflict, "publisher_on_air", "a camera or an encoder is publishing; stop it before you start the sample source")
)

// StartSample publishes an uploaded video to the channel in a loop: a live picture without camera or
// encoder. It goes on until StopSample, or until a real publisher takes over; it never takes over from one.
func (s *Service) StartSample(ctx context.Context, channelID, assetID string) error {
	if s.published(channelID) {
		return errPublisherOn
	}
	file, size, err := s.openOriginal(ctx, assetID)
	if err != nil {
		return err
	}
	movie, err := mp4.Parse(file, size)
	if err == nil {
		err = movie.Playable()
	}
	var run *sampleRun
	var life context.Context
	if err == nil {
		run, life, err = s.reserveSample(channelID)
	}
	if err != nil {
		_ = file.Close() // read only: nothing can be lost
		return err
	}
	p, err := s.open(channelID, sampleProtocol, false)
	if err != nil {
		s.endSample(channelID, run)
		s.work.Done()
		_ = file.Close() // read only
		return err
	}
	go func() {
		defer s.work.Done()
		s.loop(life, run, movie, file, p)
	}()
	return nil
}

// published reports whether a real publisher is connected to the channel.
func (s *Service) published(channelID string) bool {
	l := s.liveOf(channelID)
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.publisher != nil && l.publisher.protocol != sampleProtocol
}

// reserveSample takes the channel's place for a sample source and announces its goroutine to Close.
func (s *Service) reserveSample(channelID string) (*sampleRun, context.Context, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, nil, errShutdown
	case s.samples[channelID] != nil:
		return nil, nil, errSampleRunning
	}
	life, cancel := context.WithCancel(s.life)
	run := &sampleRun{cancel}
	s.samples[channelID] = run
	s.work.Add(1)
	return run, life, nil
}

// loop plays until its life ends or the publication must go.
func (s *Service) loop(life context.Context, run *sampleRun, movie *mp4.Movie, file vod.File, p *publication) {
	defer func() { _ = file.Close() }() // read only
	defer s.endSample(p.l.channelID, run)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-p.Done(): // replaced or stopped: do not wait for the next sample to find out
			run.cancel()
		case <-life.Done():
		}
	}()
	err := source.Loop(life, movie, file, s.Clock, p)
	if life.Err() == nil { // Loop ends by its context or by an error
		s.Log.Warn("sample source ended", "channel", p.l.channelID, "err", fmt.Errorf("play: %w", err))
	}
	run.cancel()
	<-watched
}

func (s *Service) endSample(channelID string, run *sampleRun) {
	run.cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.samples[channelID] == run {
		delete(s.samples, channelID)
	}
}

// StopSample ends the channel's sample source, if one runs. Another may be started at once.
func (s *Service) StopSample(channelID string) {
	s.mu.Lock()
	run := s.samples[channelID]
	s.mu.Unlock()
	if run != nil {
		s.endSample(channelID, run)
	}
}

// SampleOn reports whether the channel's picture comes from the sample source.
func (s *Service) SampleOn(channelID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.samples[channelID] != nil
}
