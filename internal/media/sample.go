package media

import (
	"context"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/media/mp4"
	"github.com/hawker-live/hawker/internal/media/source"
)

// StartSample publishes an uploaded video to the channel in a loop: a live picture without camera or
// encoder. It goes on until StopSample, or until a real publisher takes over.
func (s *Service) StartSample(ctx context.Context, channelID, assetID string) error {
	a, err := s.Asset(ctx, assetID)
	if err != nil {
		return err
	}
	file, err := s.Blobs.Open(ctx, a.BlobKey)
	if err != nil {
		return err
	}
	movie, err := mp4.Parse(file, file.Size())
	if err != nil {
		_ = file.Close() // read only: nothing can be lost
		return err
	}
	run, cancel := context.WithCancel(s.life)
	s.mu.Lock()
	if s.samples[channelID] != nil {
		s.mu.Unlock()
		cancel()
		_ = file.Close() // read only
		return errs.New(errs.Conflict, "sample_running", "the sample source is on already")
	}
	s.samples[channelID] = cancel
	s.work.Add(1)
	s.mu.Unlock()
	p := s.open(channelID, "sample")
	go func() {
		defer s.work.Done()
		defer func() { _ = file.Close() }() // read only
		go func() {                         // ends with the loop: its context is cancelled below
			select {
			case <-p.Done():
				cancel()
			case <-run.Done():
			}
		}()
		if err := source.Loop(run, movie, file, s.Clock, p); err != nil && run.Err() == nil {
			s.Log.Warn("sample source ended", "channel", channelID, "err", err)
		}
		cancel()
		s.mu.Lock()
		delete(s.samples, channelID)
		s.mu.Unlock()
	}()
	return nil
}

// StopSample ends the channel's sample source, if one runs.
func (s *Service) StopSample(channelID string) {
	s.mu.Lock()
	cancel := s.samples[channelID]
	s.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

// SampleOn reports whether the channel's picture comes from the sample source.
func (s *Service) SampleOn(channelID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.samples[channelID] != nil
}
