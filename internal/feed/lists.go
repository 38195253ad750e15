package feed

import (
	"context"
	"slices"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
)

// MaxFollowedRooms of followed channels stand before the posts.
const MaxFollowedRooms = 20

// following lists what followed channels do now and did last.
func (s *Service) following(ctx context.Context, a identity.Actor, cursor string, limit int) ([]Item, string, error) {
	if a.Anonymous() {
		return nil, "", identity.ErrSignIn
	}
	if cursor != "" && !id.Valid("pst", cursor) {
		return nil, "", errCursor
	}
	var page []Item
	if cursor == "" {
		rooms, err := s.onAir(ctx, a, "", maxOnAir)
		if err != nil {
			return nil, "", err
		}
		page = slices.DeleteFunc(rooms, func(i Item) bool { return i.Reason != Followed || !i.Room.OnAir() })
		page = page[:min(len(page), MaxFollowedRooms)]
	}
	posts, err := s.Posts.NewestFollowed(ctx, a, cursor, limit+1)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(posts) > limit {
		posts, next = posts[:limit], posts[limit-1].ID
	}
	for _, p := range posts {
		page = append(page, Item{Post: &p, Reason: Followed})
	}
	return page, next, nil
}

// live lists rooms on air, newest first.
func (s *Service) live(ctx context.Context, a identity.Actor, cursor string, limit int) ([]Item, string, error) {
	if cursor != "" && !id.Valid("rom", cursor) {
		return nil, "", errCursor
	}
	page, err := s.onAir(ctx, a, cursor, limit+1)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(page) > limit {
		page, next = page[:limit], page[limit-1].Room.ID
	}
	// One that ended between the query and now is left out after the cursor was taken from it.
	return slices.DeleteFunc(page, func(i Item) bool { return !i.Room.OnAir() }), next, nil
}
