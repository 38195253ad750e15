package live

import (
	"context"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

// Limits of talk.
const (
	MaxComment = 100 // characters: two lines on a phone
	MaxLikes   = 50  // a request; clients sum taps
)

// Say adds a comment to the room. Muted people and those too fast are told so.
func (s *Service) Say(ctx context.Context, a identity.Actor, roomID, text string) (timeline.Comment, error) {
	if a.Anonymous() {
		return timeline.Comment{}, identity.ErrSignIn
	}
	text = plain(text)
	if n := utf8.RuneCountInString(text); n < 1 || n > MaxComment {
		return timeline.Comment{}, errs.New(errs.Invalid, "comment_length", "a comment has 1 to %d characters", MaxComment).In("text").With("max", MaxComment)
	}
	q := s.sequencer(roomID)
	if q == nil {
		return timeline.Comment{}, s.whyClosed(ctx, roomID)
	}
	badge, err := s.badge(ctx, a, q.room.ChannelID)
	if err != nil {
		return timeline.Comment{}, err
	}
	if badge == "" && !s.limits.allow("say:"+a.UserID, sayBurst, sayPerSecond) {
		return timeline.Comment{}, errs.New(errs.TooMany, "comment_rate", "slow down a little; you can comment again in a moment").After(2000)
	}
	cards, err := s.Identity.CardsByID(ctx, []string{a.UserID})
	if err != nil {
		return timeline.Comment{}, err
	}
	card := cards[a.UserID]
	c := timeline.Comment{ID: s.IDs.New("cmt"), User: a.UserID, Name: card.Name, Avatar: s.PictureURL(card.Avatar), Text: text, At: s.now(), Badge: badge, Ask: badge == "" && timeline.IsAsk(text), Demo: q.room.Demo && isActor(ctx)}
	q.mu.Lock()
	defer q.mu.Unlock()
	if until, muted := q.mutes[a.UserID]; muted && badge == "" && (until == 0 || until > c.At) {
		return timeline.Comment{}, errs.New(errs.Denied, "muted", "the host has muted you in this room").With("until", until)
	}
	if q.over {
		return timeline.Comment{}, errOver
	}
	q.said++
	q.core.Comment(c)
	s.store.say(roomID, c)
	return c, nil
}

// plain keeps what can be read: runs of space become one, control characters go.
func plain(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}

type actorKey struct{}

// AsActor marks ctx as a scripted actor of the sample world, so that what it says is marked too.
func AsActor(ctx context.Context) context.Context { return context.WithValue(ctx, actorKey{}, true) }

func isActor(ctx context.Context) bool { v, _ := ctx.Value(actorKey{}).(bool); return v }

func (s *Service) badge(ctx context.Context, a identity.Actor, channelID string) (string, error) {
	role, err := s.Identity.RoleIn(ctx, a, identity.Scope{Kind: "channel", ID: channelID})
	switch role {
	case identity.Owner, identity.Staff:
		return "host", err
	case identity.Moderator:
		return "moderator", err
	}
	return "", err
}

func (s *Service) whyClosed(ctx context.Context, roomID string) error {
	r, err := s.Room(ctx, roomID)
	if err != nil {
		return err
	}
	if r.State == timeline.Prepared {
		return errNotYet
	}
	return errOver
}

// Like adds taps to the room's sum and returns how many counted.
func (s *Service) Like(ctx context.Context, a identity.Actor, roomID string, count int64) (int64, error) {
	if a.Anonymous() {
		return 0, identity.ErrSignIn
	}
	if count < 1 || count > MaxLikes {
		return 0, errs.New(errs.Invalid, "like_count", "send 1 to %d likes at once", MaxLikes).In("count")
	}
	q := s.sequencer(roomID)
	if q == nil {
		return 0, s.whyClosed(ctx, roomID)
	}
	if !s.limits.allow("like:"+a.UserID, likeBurst, likePerSecond) {
		return 0, nil // taps beyond what a thumb can do are not counted, and nobody needs an error for a heart
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.core.Like(count)
	return count, nil
}

// Remove takes a comment out of the room. The team, or who said it.
func (s *Service) Remove(ctx context.Context, a identity.Actor, roomID, commentID string) error {
	r, err := s.Room(ctx, roomID)
	if err != nil {
		return err
	}
	c, found, err := s.Comment(ctx, roomID, commentID)
	if err != nil {
		return err
	}
	if !found {
		return errNoComment
	}
	if a.Anonymous() || c.User != a.UserID && !a.Operator {
		if err := s.host(ctx, a, r.ChannelID, identity.Staff, identity.Moderator); err != nil {
			return err
		}
	}
	defer s.acting(r.ChannelID)()
	if r, err = s.Room(ctx, roomID); err != nil {
		return err
	}
	pin := r.Pinned()
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if pin != nil && pin.ID == commentID {
			if _, err := s.DB.Exec(ctx, `UPDATE live_rooms SET pin = '' WHERE id = $1`, roomID); err != nil {
				return err
			}
		}
		_, err := s.DB.Exec(ctx, `UPDATE live_comments SET removed = 1 WHERE id = $1 AND room_id = $2`, commentID, roomID)
		return err
	})
	if err != nil {
		return err
	}
	s.replays.drop(roomID)
	if q := s.sequencer(roomID); q != nil {
		q.say(timeline.Event{T: timeline.KindRemove, CommentID: commentID})
	}
	return nil
}

var errNoComment = errs.New(errs.NotFound, "comment_not_found", "there is no such comment")

// Comment finds one comment of a room, also one said a moment ago and a removed one.
func (s *Service) Comment(ctx context.Context, roomID, commentID string) (timeline.Comment, bool, error) {
	c, _, err := s.comment(ctx, roomID, commentID)
	if errs.Is(err, errs.NotFound) {
		return c, false, nil
	}
	return c, err == nil, err
}

func (s *Service) comment(ctx context.Context, roomID, commentID string) (c timeline.Comment, removed bool, err error) {
	s.store.flush(ctx) // it may have been said a moment ago
	_, found, err := db.Get(ctx, s.DB, func(r db.Row) (v struct{}, err error) {
		c, removed, err = scanComment(r)
		return v, err
	}, `SELECT body, removed FROM live_comments WHERE id = $1 AND room_id = $2`, commentID, roomID)
	if err == nil && !found {
		err = errNoComment
	}
	return c, removed, err
}

func scanComment(r db.Row) (c timeline.Comment, removed bool, err error) {
	var body string
	var gone int64
	if err := r.Scan(&body, &gone); err != nil {
		return c, false, err
	}
	return c, gone == 1, json.Unmarshal([]byte(body), &c)
}

// Spoken is a comment as the team sees it.
type Spoken struct {
	timeline.Comment
	Removed bool
	Muted   bool
}

// Comments lists a room's comments for its team, oldest first, after the cursor (a comment id).
func (s *Service) Comments(ctx context.Context, a identity.Actor, roomID, after string, limit int) ([]Spoken, error) {
	if _, err := s.teamRoom(ctx, a, roomID, identity.Staff, identity.Moderator); err != nil {
		return nil, err
	}
	scan := func(r db.Row) (v Spoken, err error) {
		v.Comment, v.Removed, err = scanComment(r)
		return v, err
	}
	var list []Spoken
	var err error
	if after == "" {
		list, err = db.List(ctx, s.DB, scan, `SELECT body, removed FROM (SELECT id, body, removed FROM live_comments WHERE room_id = $1 ORDER BY id DESC LIMIT $2) newest ORDER BY id`, roomID, limit)
	} else {
		list, err = db.List(ctx, s.DB, scan, `SELECT body, removed FROM live_comments WHERE room_id = $1 AND id > $2 ORDER BY id LIMIT $3`, roomID, after, limit)
	}
	if err != nil {
		return nil, err
	}
	mutes, err := s.loadMutes(ctx, roomID)
	now := s.now()
	for i := range list {
		until, muted := mutes[list[i].User]
		list[i].Muted = muted && (until == 0 || until > now)
	}
	return list, err
}

func (s *Service) recentComments(ctx context.Context, roomID string) ([]timeline.Comment, error) {
	return db.List(ctx, s.DB, func(r db.Row) (timeline.Comment, error) {
		c, _, err := scanComment(r)
		return c, err
	}, `SELECT body, removed FROM (SELECT id, body, removed FROM live_comments WHERE room_id = $1 AND removed = 0 ORDER BY id DESC LIMIT 30) newest ORDER BY id`, roomID)
}
