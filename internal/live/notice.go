package live

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/identity"
)

// NoticeState is where a notice stands: planned until its room starts, it is withdrawn, or nobody came.
type NoticeState string

const (
	NoticePlanned   NoticeState = "planned"
	NoticeLive      NoticeState = "live"
	NoticeDone      NoticeState = "done"
	NoticeCancelled NoticeState = "cancelled"
	NoticeMissed    NoticeState = "missed"
)

// Notice announces a live that people may reserve.
type Notice struct {
	ID        string
	ChannelID string
	Title     string
	Cover     string // picture asset id, or ""
	StartsAt  int64  // unix ms
	State     NoticeState
	RoomID    string // the room that is, was or will be this live; "" while none is chosen
	Reserved  int64  // people; for the channel's team only
	Moves     int64  // how often the time was changed
	Reason    string // why it was cancelled
	CreatedAt int64
	EndedAt   int64 // done, cancelled or missed at

	soonTurn int64 // the move for which "soon" was told, -1 before
}

const (
	// noticeAhead: a notice nobody has time to see is a live; noticeHorizon: nobody plans a season by the hour.
	noticeAhead   = 5 * time.Minute
	noticeHorizon = 90 * 24 * time.Hour
	// MaxPlanned notices of one channel: four weeks of working days fit on one page of a desk.
	MaxPlanned = 20
	// MaxNoticeProducts of one notice.
	MaxNoticeProducts = 50
	// maxMoves of one notice: each tells everybody who reserved.
	maxMoves = 10
	// maxCancelReason characters, shown to those who reserved.
	maxCancelReason = 100
)

var (
	errNoNotice      = errs.New(errs.NotFound, "notice_not_found", "there is no such notice")
	errNoticeStarted = errs.New(errs.Conflict, "notice_started", "this live has started; go in instead")
	errNoticeOver    = errs.New(errs.Gone, "notice_over", "this notice is over or was withdrawn")
)

// NoticeDraft is what a new notice needs. StartsAt is unix ms, 5 minutes to 90 days from now.
type NoticeDraft struct {
	Title      string
	Cover      string // picture asset of the actor, or ""
	StartsAt   int64
	ProductIDs []string // at most MaxNoticeProducts, in order
}

// PostNotice announces a live of the channel. Owner or staff. Errors: notice_time, notice_full, notice_products,
// and those of a room's title, cover and shelf.
func (s *Service) PostNotice(ctx context.Context, a identity.Actor, channelID string, in NoticeDraft) (Notice, error) {
	if err := s.host(ctx, a, channelID, identity.Staff); err != nil {
		return Notice{}, err
	}
	title, err := checkTitle(in.Title)
	if err != nil {
		return Notice{}, err
	}
	if err := s.checkNoticeTime(in.StartsAt); err != nil {
		return Notice{}, err
	}
	if in.Cover != "" {
		if err := s.Media.OwnImage(ctx, a.UserID, in.Cover); err != nil {
			return Notice{}, err
		}
	}
	if err := s.checkNoticeProducts(ctx, a, channelID, in.ProductIDs, in.ProductIDs); err != nil {
		return Notice{}, err
	}
	n := Notice{ID: s.IDs.New("ntc"), ChannelID: channelID, Title: title, Cover: in.Cover, StartsAt: in.StartsAt, State: NoticePlanned, CreatedAt: s.now(), soonTurn: -1}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		planned, err := s.plannedNow(ctx, channelID)
		if err != nil {
			return err
		}
		if planned >= MaxPlanned {
			return errs.New(errs.TooMany, "notice_full", "a channel plans at most %d lives; cancel one first", MaxPlanned).With("max", MaxPlanned)
		}
		if err := s.insertNotice(ctx, n); err != nil {
			return err
		}
		if err := s.putNoticeProducts(ctx, n.ID, in.ProductIDs); err != nil {
			return err
		}
		if err := s.scheduleNotice(ctx, n); err != nil {
			return err
		}
		return s.Outbox.Emit(ctx, event.NoticePosted{NoticeID: n.ID, ChannelID: channelID, StartsAt: n.StartsAt, At: n.CreatedAt})
	})
	return n, err
}

// NoticeEdit changes what is not nil.
type NoticeEdit struct {
	Title      *string
	Cover      *string
	StartsAt   *int64
	ProductIDs *[]string
}

// EditNotice changes a planned notice; another time is told to those who reserved. Owner or staff.
func (s *Service) EditNotice(ctx context.Context, a identity.Actor, noticeID string, in NoticeEdit) (Notice, error) {
	n, err := s.teamNotice(ctx, a, noticeID)
	if err != nil {
		return n, err
	}
	if n.State != NoticePlanned {
		return n, over(n)
	}
	if in.Title != nil {
		if n.Title, err = checkTitle(*in.Title); err != nil {
			return n, err
		}
	}
	if in.Cover != nil && *in.Cover != n.Cover {
		if *in.Cover != "" {
			if err := s.Media.OwnImage(ctx, a.UserID, *in.Cover); err != nil {
				return n, err
			}
		}
		n.Cover = *in.Cover
	}
	if in.StartsAt != nil && *in.StartsAt != n.StartsAt {
		if err := s.checkNoticeTime(*in.StartsAt); err != nil {
			return n, err
		}
		n.StartsAt = *in.StartsAt
	}
	if in.ProductIDs != nil {
		old, err := s.NoticeProducts(ctx, []string{n.ID})
		if err != nil {
			return n, err
		}
		added := slices.DeleteFunc(slices.Clone(*in.ProductIDs), func(v string) bool { return slices.Contains(old[n.ID], v) })
		if err := s.checkNoticeProducts(ctx, a, n.ChannelID, *in.ProductIDs, added); err != nil {
			return n, err
		}
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		changed, err := s.DB.Exec(ctx, `UPDATE live_notices SET title = $1, cover = $2 WHERE id = $3 AND state = 'planned'`, n.Title, n.Cover, n.ID)
		if err != nil {
			return err
		}
		if changed == 0 { // started or withdrawn meanwhile
			return s.noticeRefusal(ctx, n.ID)
		}
		if in.ProductIDs != nil {
			if err := s.putNoticeProducts(ctx, n.ID, *in.ProductIDs); err != nil {
				return err
			}
		}
		if in.StartsAt == nil {
			return nil
		}
		return s.moveNotice(ctx, n.ID, *in.StartsAt)
	})
	if err != nil {
		return n, err
	}
	return s.Notice(ctx, n.ID)
}

// moveNotice gives a planned notice another time and tells everybody who reserved; the same time changes
// nothing. The row is locked by the caller's update.
func (s *Service) moveNotice(ctx context.Context, noticeID string, startsAt int64) error {
	n, err := s.Notice(ctx, noticeID)
	if err != nil || n.StartsAt == startsAt {
		return err
	}
	if n.Moves >= maxMoves {
		return errs.New(errs.TooMany, "notice_moved_often", "a notice may be moved %d times; cancel it and post another", maxMoves).In("startsAt").With("max", maxMoves)
	}
	n.StartsAt, n.Moves = startsAt, n.Moves+1
	if _, err := s.DB.Exec(ctx, `UPDATE live_notices SET starts_at = $1, moves = $2 WHERE id = $3`, n.StartsAt, n.Moves, n.ID); err != nil {
		return err
	}
	if err := s.tell(ctx, n, Moved); err != nil {
		return err
	}
	if err := s.scheduleNotice(ctx, n); err != nil {
		return err
	}
	return s.Outbox.Emit(ctx, event.NoticeMoved{NoticeID: n.ID, ChannelID: n.ChannelID, StartsAt: n.StartsAt, At: s.now()})
}

// CancelNotice withdraws a planned notice and tells everybody who reserved. Owner or staff; twice is once.
// The reason has 1 to 100 characters.
func (s *Service) CancelNotice(ctx context.Context, a identity.Actor, noticeID, reason string) (Notice, error) {
	n, err := s.teamNotice(ctx, a, noticeID)
	if err != nil || n.State == NoticeCancelled {
		return n, err
	}
	if reason = strings.TrimSpace(reason); reason == "" || utf8.RuneCountInString(reason) > maxCancelReason {
		return n, errs.New(errs.Invalid, "notice_reason", "say in 1 to %d characters why", maxCancelReason).In("reason").With("max", maxCancelReason)
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		now := s.now()
		changed, err := s.DB.Exec(ctx, `UPDATE live_notices SET state = 'cancelled', reason = $1, ended_at = $2, room_id = '' WHERE id = $3 AND state = 'planned'`, reason, now, n.ID)
		if err != nil {
			return err
		}
		if changed == 0 {
			return s.noticeRefusal(ctx, n.ID)
		}
		if err := s.tell(ctx, n, Cancelled); err != nil {
			return err
		}
		return s.Outbox.Emit(ctx, event.NoticeCancelled{NoticeID: n.ID, ChannelID: n.ChannelID, At: now})
	})
	if err != nil {
		return n, err
	}
	return s.Notice(ctx, n.ID)
}

func (s *Service) checkNoticeTime(startsAt int64) error {
	now := s.Clock.Now()
	if startsAt < now.Add(noticeAhead).UnixMilli() || startsAt > now.Add(noticeHorizon).UnixMilli() {
		return errs.New(errs.Invalid, "notice_time", "choose a time at least 5 minutes and at most 90 days from now").In("startsAt").
			With("minutes", int(noticeAhead.Minutes())).With("days", int(noticeHorizon.Hours()/24))
	}
	return nil
}

func (s *Service) checkNoticeProducts(ctx context.Context, a identity.Actor, channelID string, ids, added []string) error {
	if len(ids) > MaxNoticeProducts {
		return errs.New(errs.Invalid, "notice_products", "a notice names at most %d products", MaxNoticeProducts).In("productIds").With("max", MaxNoticeProducts)
	}
	return s.checkShelf(ctx, a, channelID, ids, added)
}

// teamNotice reads a notice for its channel's owner or staff.
func (s *Service) teamNotice(ctx context.Context, a identity.Actor, noticeID string) (Notice, error) {
	n, err := s.Notice(ctx, noticeID)
	if err != nil {
		return n, err
	}
	if err := s.host(ctx, a, n.ChannelID, identity.Staff); err != nil {
		return Notice{}, err
	}
	return n, nil
}

// over says why a notice that is not planned cannot be changed or reserved.
func over(n Notice) error {
	if n.State == NoticeLive {
		return errNoticeStarted
	}
	return errNoticeOver
}

func (s *Service) noticeRefusal(ctx context.Context, noticeID string) error {
	n, err := s.Notice(ctx, noticeID)
	if err != nil {
		return err
	}
	return over(n)
}
