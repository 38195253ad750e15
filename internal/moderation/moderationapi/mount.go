package moderationapi

import (
	"context"
	"net/http"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/liveapi"
	"github.com/hawker-live/hawker/internal/moderation"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// Posts renders posts and comments in the order given.
type Posts interface {
	Posts(ctx context.Context, a identity.Actor, list []channel.Post) ([]channelapi.Post, error)
	Comments(ctx context.Context, a identity.Actor, list []channel.Comment) ([]channelapi.PostComment, error)
}

// Rooms renders rooms in the order given.
type Rooms interface {
	Cards(ctx context.Context, a identity.Actor, list []live.Room) ([]liveapi.RoomCard, error)
}

// Orders renders orders in the order given.
type Orders interface {
	Orders(ctx context.Context, orders []shop.Order, viewer shop.Viewer) ([]shopapi.Order, error)
}

// Users reads the cards of users.
type Users interface {
	CardsByID(ctx context.Context, ids []string) (map[string]identity.Card, error)
}

// Deps is what the door needs.
type Deps struct {
	Moderation *moderation.Service
	Users      Users
	Posts      Posts
	Rooms      Rooms
	Orders     Orders
}

type door struct{ Deps }

const (
	base        = "/api/v1/moderation"
	pageSize    = 20
	maxPageSize = 50
)

// Mount registers the operators' operations.
func Mount(r *server.Router, d Deps) {
	h := &door{d}
	server.Register(r, get("moderation-overview", "/overview", "The site at a glance"), h.overview)
	server.Register(r, get("moderation-users", "/users", "Accounts, newest first"), h.users)
	server.Register(r, get("moderation-rooms", "/rooms", "Rooms, newest first"), h.rooms)
	server.Register(r, get("moderation-posts", "/posts", "Posts, newest first"), h.posts)
	server.Register(r, get("moderation-comments", "/comments", "Comments under posts, newest first"), h.comments)
	server.Register(r, get("moderation-orders", "/orders", "Orders of every shop, newest first"), h.orders)
	server.Register(r, get("moderation-ledger", "/ledger", "Check the books now"), h.ledger)
	server.Register(r, get("moderation-stuck", "/stuck", "Work that gave up and waits for an operator, newest first"), h.stuck)
	server.Register(r, get("moderation-log", "/log", "What operators did, newest first"), h.log)

	m := d.Moderation
	server.Register(r, act("user-suspend", "/users/{id}/suspend", "Suspend an account, end its sessions and its rooms on air"), do(m.Suspend))
	server.Register(r, act("user-restore", "/users/{id}/restore", "Open a suspended account again"), do(m.Restore))
	server.Register(r, act("room-stop", "/rooms/{id}/stop", "Stop a room on air and cut its stream"), do(m.Stop))
	server.Register(r, act("post-hide", "/posts/{id}/hide", "Hide a post; its team reads the reason"), do(m.HidePost))
	server.Register(r, act("post-restore", "/posts/{id}/restore", "Put a hidden post back"), do(m.RestorePost))
	server.Register(r, act("comment-hide", "/comments/{id}/hide", "Hide a comment"), do(m.HideComment))
	server.Register(r, act("comment-restore", "/comments/{id}/restore", "Put a hidden comment back"), do(m.RestoreComment))
	server.Register(r, act("stuck-retry", "/stuck/{kind}/{id}/retry", "Give one piece of stuck work all its tries again"), h.retry)
	all := act("stuck-retry-all", "/stuck/{kind}/retry", "Give stuck work of a kind all its tries again, the newest 200 at once")
	all.Status = http.StatusOK
	server.Register(r, all, h.retryAll)
}

func get(id, path, summary string) server.Op {
	return server.Op{ID: id, Method: http.MethodGet, Path: base + path, Tag: "moderation", Summary: summary, Allow: server.Operator}
}

func act(id, path, summary string) server.Op {
	return server.Op{ID: id, Method: http.MethodPost, Path: base + path, Tag: "moderation", Summary: summary, Allow: server.Operator, Status: http.StatusNoContent}
}

type actIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" maxLength:"600" doc:"1 to 300 characters; written to the log"`
	}
}

// do is the handler of an act: subject, reason, nothing to answer.
func do(fn func(ctx context.Context, a identity.Actor, subjectID, reason string) error) func(ctx context.Context, in *actIn) (*struct{}, error) {
	return func(ctx context.Context, in *actIn) (*struct{}, error) {
		return nil, fn(ctx, server.ActorFrom(ctx), in.ID, in.Body.Reason)
	}
}
