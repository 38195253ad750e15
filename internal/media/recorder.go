package media

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/media/llhls"
)

// Recording is a live session's kept segments.
type Recording struct {
	ID        string
	ChannelID string
	Session   string
	Ended     bool
	StartedAt int64
	EndedAt   int64
	Segments  []RecordedSegment
}

// RecordedSegment is one CMAF segment of a recording.
type RecordedSegment struct {
	Seq           int64
	Init          int64 // number of the init segment it needs
	DurationUS    int64
	At            int64 // unix ms of its first frame: PROGRAM-DATE-TIME
	Bytes         int64
	Discontinuity bool
}

// DurationMS is the playable length.
func (r Recording) DurationMS() int64 {
	var us int64
	for _, s := range r.Segments {
		us += s.DurationUS
	}
	return us / 1000
}

// recorderQueue is how many segments may wait for a slow disk (2 s each): a minute and a half. Beyond
// that the recording loses segments rather than the live stream its memory.
const recorderQueue = 45

// endRetry is how often the end of a recording is tried to be written while the disk is full or the database away.
const endRetry = 2 * time.Second

// recorder writes a session's segments from its own goroutine.
type recorder struct {
	s        *Service
	id       string
	queue    chan llhls.Segment
	once     sync.Once
	initDone map[int64]bool
}

// StartRecording keeps the channel's current session from its next segment on. A session that is being
// recorded already goes on under the same recording.
func (s *Service) StartRecording(ctx context.Context, channelID string) (string, error) {
	l := s.liveOf(channelID)
	if l == nil {
		return "", errOffAir
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return "", errOffAir
	}
	if l.recorder != nil {
		return l.recorder.id, nil
	}
	rec := &recorder{s: s, id: s.IDs.New("rec"), queue: make(chan llhls.Segment, recorderQueue), initDone: map[int64]bool{}}
	if _, err := s.DB.Exec(ctx, `INSERT INTO media_recordings (id, channel_id, session, state, started_at, ended_at) VALUES ($1,$2,$3,'recording',$4,0)`,
		rec.id, channelID, l.session, s.Clock.Now().UnixMilli()); err != nil {
		return "", err
	}
	l.recorder = rec
	s.work.Go(rec.run)
	return rec.id, nil
}

// keep is the packager's OnSegment: it runs under live.mu, on the publisher's goroutine.
func (l *live) keep(seg llhls.Segment) {
	if l.recorder == nil {
		return
	}
	select {
	case l.recorder.queue <- seg:
	default:
		l.s.Log.Warn("recording lost a segment: the disk is too slow", "recording", l.recorder.id)
	}
}

func (r *recorder) finish() { r.once.Do(func() { close(r.queue) }) }

func (r *recorder) run() {
	// Writing goes on during shutdown: the queue is closed by then and short.
	ctx := context.WithoutCancel(r.s.life)
	for seg := range r.queue {
		if err := r.store(ctx, seg); err != nil {
			r.s.Log.Error("store recorded segment", "recording", r.id, "err", err)
		}
	}
	for {
		err := r.s.endRecording(ctx, r.id)
		if err == nil {
			return
		}
		r.s.Log.Error("end recording", "recording", r.id, "err", err)
		select {
		case <-r.s.Clock.After(endRetry):
		case <-r.s.life.Done(): // the next start ends it: CloseOrphans
			return
		}
	}
}

func (r *recorder) store(ctx context.Context, seg llhls.Segment) error {
	initN := int64(seg.InitID)
	if !r.initDone[initN] {
		if err := r.s.Blobs.Put(ctx, initKey(r.id, initN), bytes.NewReader(seg.Init), int64(len(seg.Init)), "video/mp4"); err != nil {
			return err
		}
		r.initDone[initN] = true
	}
	seq := int64(seg.Seq)
	if err := r.s.Blobs.Put(ctx, segmentKey(r.id, seq), bytes.NewReader(seg.Data), int64(len(seg.Data)), "video/iso.segment"); err != nil {
		return err
	}
	_, err := r.s.DB.Exec(ctx, `INSERT INTO media_segments (recording_id, seq, init_n, duration_us, at, bytes, discontinuity) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		r.id, seq, initN, seg.Duration.Microseconds(), seg.PDT.UnixMilli(), len(seg.Data), flag(seg.Discontinuity))
	return err
}

func (s *Service) endRecording(ctx context.Context, recordingID string) error {
	_, err := s.DB.Exec(ctx, `UPDATE media_recordings SET state = 'ended', ended_at = $1 WHERE id = $2 AND state = 'recording'`, s.Clock.Now().UnixMilli(), recordingID)
	return err
}

// CloseOrphans ends recordings that a crash left open. Their segments are whole: each was stored before
// its row. Call once at start, before any publisher.
func (s *Service) CloseOrphans(ctx context.Context) error {
	_, err := s.DB.Exec(ctx, `UPDATE media_recordings SET state = 'ended', ended_at = coalesce((SELECT max(at) FROM media_segments
		WHERE recording_id = media_recordings.id), started_at) WHERE state = 'recording'`)
	return err
}

// Recording reads a recording with its segments; a running one grows until it ends.
func (s *Service) Recording(ctx context.Context, recordingID string) (Recording, error) {
	rec, found, err := db.Get(ctx, s.DB, func(r db.Row) (v Recording, err error) {
		var state string
		err = r.Scan(&v.ID, &v.ChannelID, &v.Session, &state, &v.StartedAt, &v.EndedAt)
		v.Ended = state == "ended"
		return v, err
	}, `SELECT id, channel_id, session, state, started_at, ended_at FROM media_recordings WHERE id = $1`, recordingID)
	if err != nil {
		return rec, err
	}
	if !found {
		return rec, errs.New(errs.NotFound, "recording_not_found", "there is no such recording")
	}
	rec.Segments, err = db.List(ctx, s.DB, func(r db.Row) (v RecordedSegment, err error) {
		var d int64
		err = r.Scan(&v.Seq, &v.Init, &v.DurationUS, &v.At, &v.Bytes, &d)
		v.Discontinuity = d == 1
		return v, err
	}, `SELECT seq, init_n, duration_us, at, bytes, discontinuity FROM media_segments WHERE recording_id = $1 ORDER BY seq`, recordingID)
	return rec, err
}

func initKey(recording string, n int64) string {
	return fmt.Sprintf("rec/%s/init-%d.mp4", recording, n)
}

func segmentKey(recording string, seq int64) string {
	return fmt.Sprintf("rec/%s/seg-%d.m4s", recording, seq)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
