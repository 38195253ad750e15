package live

import (
	"context"
	"encoding/json"
	"strings"
	"unicode"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

// Room is one broadcast: prepared, on air, or over.
type Room struct {
	ID        string
	ChannelID string
	Title     string
	Cover     string // picture asset id, or ""
	State     timeline.State
	Record    bool
	Demo      bool
	Session   string // of the stream being shown
	Epoch     int64
	Explain   string // product id, or ""
	ExplainAt int64
	Pin       string // JSON of the pinned comment, or ""
	Likes     int64
	Comments  int64
	Entered   int64
	Online    int64
	Peak      int64
	EndedBy   string // host, operator, lost
	CreatedAt int64
	StartedAt int64
	EndedAt   int64
}

// OnAir reports whether viewers may be in the room.
func (r Room) OnAir() bool { return r.State == timeline.Live || r.State == timeline.Reconnecting }

// Pinned is the room's pinned comment, nil for none.
func (r Room) Pinned() *timeline.Comment {
	if r.Pin == "" {
		return nil
	}
	var c timeline.Comment
	if json.Unmarshal([]byte(r.Pin), &c) != nil {
		return nil
	}
	return &c
}

// maxTitle is 13 Han or 32 Latin characters: a Han character takes 2.5 of 32 places.
const maxTitle = 32.5

func checkTitle(title string) (string, error) {
	title = strings.Join(strings.Fields(title), " ")
	width := 0.0
	for _, r := range title {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return "", errs.New(errs.Invalid, "room_title_sign", "a title has letters, digits, signs and spaces only").In("title")
		}
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			width += 2.5
		} else {
			width++
		}
	}
	if width == 0 || width > maxTitle {
		return "", errs.New(errs.Invalid, "room_title", "a title has 1 to 13 Chinese or 32 Latin characters").In("title")
	}
	return title, nil
}

// Draft is what a new room needs.
type Draft struct {
	Title      string
	Cover      string
	ProductIDs []string
	Record     bool
	Demo       bool
}

// Prepare creates a room for the channel. Owner or staff of the channel.
func (s *Service) Prepare(ctx context.Context, a identity.Actor, channelID string, in Draft) (Room, error) {
	if err := s.host(ctx, a, channelID, identity.Staff); err != nil {
		return Room{}, err
	}
	title, err := checkTitle(in.Title)
	if err != nil {
		return Room{}, err
	}
	if in.Cover != "" {
		if err := s.Media.OwnImage(ctx, a.UserID, in.Cover); err != nil {
			return Room{}, err
		}
	}
	if err := s.checkShelf(ctx, a, channelID, in.ProductIDs, in.ProductIDs); err != nil {
		return Room{}, err
	}
	r := Room{ID: s.IDs.New("rom"), ChannelID: channelID, Title: title, Cover: in.Cover, State: timeline.Prepared, Record: in.Record, Demo: in.Demo, CreatedAt: s.now()}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.insertRoom(ctx, r); err != nil {
			return err
		}
		return s.putShelf(ctx, r.ID, in.ProductIDs)
	})
	return r, err
}

// Change edits the title or cover of a room that is not over.
func (s *Service) Change(ctx context.Context, a identity.Actor, roomID string, title, cover *string) (Room, error) {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff)
	if err != nil {
		return r, err
	}
	if r.State == timeline.Ended || r.State == timeline.Cancelled {
		return r, errOver
	}
	if title != nil {
		if r.Title, err = checkTitle(*title); err != nil {
			return r, err
		}
	}
	if cover != nil {
		if *cover != "" {
			if err := s.Media.OwnImage(ctx, a.UserID, *cover); err != nil {
				return r, err
			}
		}
		r.Cover = *cover
	}
	_, err = s.DB.Exec(ctx, `UPDATE live_rooms SET title = $1, cover = $2 WHERE id = $3`, r.Title, r.Cover, r.ID)
	return r, err
}

var errChannelOnAir = errs.New(errs.Conflict, "channel_on_air", "this channel is on air in another room; end that one first")

// Start puts a prepared room on air. The channel must be sending a picture already.
func (s *Service) Start(ctx context.Context, a identity.Actor, roomID string) (Room, error) {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff)
	if err != nil {
		return r, err
	}
	defer s.acting(r.ChannelID)()
	if r, err = s.Room(ctx, roomID); err != nil {
		return r, err
	}
	if r.OnAir() {
		return r, nil // pressed twice
	}
	if r.State != timeline.Prepared {
		return r, errOver
	}
	_, busy, err := s.Current(ctx, r.ChannelID)
	if err != nil {
		return r, err
	}
	if busy {
		return r, errChannelOnAir
	}
	stream, ok := s.Media.StreamOf(r.ChannelID)
	if !ok || !stream.OnAir {
		return r, errs.New(errs.Conflict, "stream_off_air", "no picture arrives yet; start the camera, the encoder or the sample source first")
	}
	recording := ""
	if r.Record {
		if recording, err = s.Media.StartRecording(ctx, r.ChannelID); err != nil {
			return r, err
		}
	}
	onAir := r
	onAir.State, onAir.Session, onAir.Epoch, onAir.StartedAt = timeline.Live, stream.Session, 1, s.now()
	q, err := s.load(ctx, onAir)
	if err != nil {
		return r, err
	}
	if err := s.putOnAir(ctx, onAir, recording); err != nil {
		return r, err
	}
	return onAir, s.launch(q)
}

func (s *Service) putOnAir(ctx context.Context, r Room, recording string) error {
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		n, err := s.DB.Exec(ctx, `UPDATE live_rooms SET state = 'live', session = $1, epoch = 1, started_at = $2 WHERE id = $3 AND state = 'prepared'`,
			r.Session, r.StartedAt, r.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "room_started", "this room was started or withdrawn meanwhile")
		}
		if err := s.noteRecording(ctx, r.ID, recording); err != nil {
			return err
		}
		if err := s.startNotice(ctx, r); err != nil {
			return err
		}
		return s.Outbox.Emit(ctx, event.RoomStarted{RoomID: r.ID, ChannelID: r.ChannelID, At: r.StartedAt})
	})
	if db.IsUnique(err) { // another node put another room of the channel on air
		return errChannelOnAir
	}
	return err
}

// End finishes a broadcast. Owner or staff of the channel; ending an ended room changes nothing.
func (s *Service) End(ctx context.Context, a identity.Actor, roomID string) (Room, error) {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff)
	if err != nil {
		return r, err
	}
	return s.finish(ctx, r.ID, "host")
}

// Stop ends a broadcast and cuts its stream. Operators only.
func (s *Service) Stop(ctx context.Context, a identity.Actor, roomID, reason string) (Room, error) {
	if err := identity.RequireOperator(a); err != nil {
		return Room{}, err
	}
	r, err := s.finish(ctx, roomID, "operator")
	if err == nil {
		s.Media.Stop(r.ChannelID, errs.New(errs.Denied, "stopped_by_operator", "an operator stopped this live: %s", reason))
	}
	return r, err
}

// finish ends a room on air; one that has ended stays as it is.
func (s *Service) finish(ctx context.Context, roomID, by string) (Room, error) {
	r, err := s.Room(ctx, roomID)
	if err != nil {
		return r, err
	}
	defer s.acting(r.ChannelID)()
	if r, err = s.Room(ctx, roomID); err != nil || r.State == timeline.Ended {
		return r, err
	}
	if !r.OnAir() {
		return r, errNotYet
	}
	over := r
	over.State, over.EndedBy, over.EndedAt, over.Online = timeline.Ended, by, max(s.now(), r.StartedAt), 0
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.DB.Exec(ctx, `UPDATE live_rooms SET state = 'ended', ended_by = $1, ended_at = $2, online = 0 WHERE id = $3`, by, over.EndedAt, r.ID); err != nil {
			return err
		}
		if err := s.closeExplains(ctx, r.ID, over.EndedAt); err != nil {
			return err
		}
		if err := s.leaveNotice(ctx, r.ID, timeline.Ended, over.EndedAt); err != nil {
			return err
		}
		return s.Outbox.Emit(ctx, event.RoomEnded{RoomID: r.ID, ChannelID: r.ChannelID, By: by, At: over.EndedAt})
	})
	if err != nil {
		return r, err
	}
	if q := s.sequencer(r.ID); q != nil {
		q.countFollows(ctx)
		q.end()
	}
	s.Media.StopSample(r.ChannelID)
	s.Media.Cut(r.ChannelID)
	return over, nil
}

// Cancel withdraws a prepared room.
func (s *Service) Cancel(ctx context.Context, a identity.Actor, roomID string) (Room, error) {
	r, err := s.teamRoom(ctx, a, roomID, identity.Staff)
	if err != nil {
		return r, err
	}
	now := s.now()
	var n int64
	err = s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		if n, err = s.DB.Exec(ctx, `UPDATE live_rooms SET state = 'cancelled', ended_at = $1 WHERE id = $2 AND state = 'prepared'`, now, r.ID); err != nil || n == 0 {
			return err
		}
		return s.leaveNotice(ctx, r.ID, timeline.Cancelled, now)
	})
	if err != nil || r.State == timeline.Cancelled {
		return r, err
	}
	if n == 0 {
		return r, errs.New(errs.Conflict, "room_started", "this room has been on air; end it instead")
	}
	r.State, r.EndedAt = timeline.Cancelled, now
	return r, nil
}

// teamRoom reads a room for a member of its channel's team.
func (s *Service) teamRoom(ctx context.Context, a identity.Actor, roomID string, roles ...identity.Role) (Room, error) {
	r, err := s.Room(ctx, roomID)
	if err != nil {
		return r, err
	}
	return r, s.host(ctx, a, r.ChannelID, roles...)
}

func (s *Service) now() int64 { return s.Clock.Now().UnixMilli() }
