package feed

import (
	"cmp"
	"context"
	"slices"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/timeline"
)

const (
	// windowSize posts are ranked together: more than a long session, few enough to read at once.
	windowSize = 400
	// windowSlack rows are read beyond the window, for hidden posts that came back into it.
	windowSlack = 50
	// roomEvery-th places are for rooms, the first of them at roomAt (counted from 0).
	roomEvery, roomAt = 5, 2
	// likedPosts of a reader tell which tags they like.
	likedPosts = 50
	// maxOnAir rooms compete for places.
	maxOnAir = 100
)

func (s *Service) recommended(ctx context.Context, a identity.Actor, cursor string, limit int) ([]Item, string, error) {
	p, err := readPlace(cursor)
	if err != nil {
		return nil, "", err
	}
	rooms, err := s.roomQueue(ctx, a, p)
	if err != nil {
		return nil, "", err
	}
	posts, err := s.window(ctx, a, p)
	if err != nil {
		return nil, "", err
	}
	var page []Item
	for len(page) < limit {
		if len(posts.rest) == 0 && p.top != "" {
			shown := posts.shown
			p.leave()
			if posts, err = s.window(ctx, a, p); err != nil {
				return nil, "", err
			}
			posts.shown = shown
		}
		item, ok := rooms.take(p, len(posts.rest) == 0)
		if !ok {
			item, ok = posts.take(p.last)
		}
		if !ok {
			return page, "", nil
		}
		p.serve(item)
		page = append(page, item)
	}
	more, err := s.more(ctx, p, len(posts.rest), len(rooms))
	if err != nil || !more {
		return page, "", err
	}
	return page, p.String(), nil
}

// more looks ahead, so that the last page says that it is the last.
func (s *Service) more(ctx context.Context, p *place, posts, rooms int) (bool, error) {
	if posts > 0 || rooms > 0 || p.top == "" {
		return posts > 0 || rooms > 0, nil
	}
	older, err := s.Posts.Newest(ctx, p.floor, 1)
	return len(older) > 0, err
}

// window reads the posts of the session's window that were not served, opening the next window when the
// session is between two.
func (s *Service) window(ctx context.Context, a identity.Actor, p *place) (*queue, error) {
	var posts []channel.Post
	var err error
	if p.top == "" {
		if posts, err = s.Posts.Newest(ctx, p.floor, windowSize); err != nil {
			return nil, err
		}
		if len(posts) > 0 {
			p.top, p.floor = posts[0].ID, posts[len(posts)-1].ID
		}
	} else {
		// "0" makes the exclusive cursor include the top itself.
		if posts, err = s.Posts.Newest(ctx, p.top+"0", windowSize+windowSlack); err != nil {
			return nil, err
		}
		posts = slices.DeleteFunc(posts, func(v channel.Post) bool { return v.ID < p.floor || p.hasPost(v.ID) })
	}
	r, err := s.reader(ctx, a, posts)
	if err != nil {
		return nil, err
	}
	return newQueue(posts, r, s.Clock.Now().UnixMilli()), nil
}

// reader gathers what is known of the actor with one query per kind.
func (s *Service) reader(ctx context.Context, a identity.Actor, posts []channel.Post) (r reader, err error) {
	if a.Anonymous() || len(posts) == 0 {
		return r, nil
	}
	postIDs, channelIDs := make([]string, len(posts)), make([]string, len(posts))
	for i, p := range posts {
		postIDs[i], channelIDs[i] = p.ID, p.ChannelID
	}
	if r.followed, err = s.Posts.Followed(ctx, a, channelIDs); err != nil {
		return r, err
	}
	if r.seen, err = s.seenOf(ctx, a, postIDs); err != nil {
		return r, err
	}
	liked, err := s.Posts.Kept(ctx, a, false, "", likedPosts)
	r.tags = likings(liked)
	return r, err
}

// roomQueue are the rooms on air the session has not met, best first.
type roomQueue []Item

func (s *Service) roomQueue(ctx context.Context, a identity.Actor, p *place) (roomQueue, error) {
	items, err := s.onAir(ctx, a, "", maxOnAir)
	if err != nil {
		return nil, err
	}
	q := slices.DeleteFunc(roomQueue(items), func(i Item) bool { return !i.Room.OnAir() || p.hasRoom(i.Room.ID) })
	q = q[:min(len(q), maxRooms-len(p.rooms))]
	slices.SortStableFunc(q, func(a, b Item) int {
		if a.Reason != b.Reason {
			if a.Reason == Followed {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Room.Online, a.Room.Online)
	})
	return q, nil
}

// take removes the best room for the place, when the place is one for rooms or nothing else is left.
func (q *roomQueue) take(p *place, alone bool) (Item, bool) {
	if !alone && p.position%roomEvery != roomAt {
		return Item{}, false
	}
	i := slices.IndexFunc(*q, func(i Item) bool { return i.channelID() != p.last })
	if i < 0 && alone && len(*q) > 0 {
		i = 0
	}
	if i < 0 {
		return Item{}, false
	}
	item := (*q)[i]
	*q = slices.Delete(*q, i, i+1)
	return item, true
}

// onAir lists rooms that can be watched, newest first, with their reasons.
func (s *Service) onAir(ctx context.Context, a identity.Actor, cursor string, limit int) ([]Item, error) {
	rooms, err := s.Rooms.Rooms(ctx, live.Filter{States: []timeline.State{timeline.Live, timeline.Reconnecting}, Cursor: cursor, Limit: limit})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rooms))
	for i, r := range rooms {
		ids[i] = r.ChannelID
	}
	followed, err := s.Posts.Followed(ctx, a, ids)
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(rooms))
	for i, r := range rooms {
		items[i] = Item{Room: &r, Reason: LiveNow}
		if followed[r.ChannelID] {
			items[i].Reason = Followed
		}
	}
	return items, nil
}
