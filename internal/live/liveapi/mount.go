package liveapi

import (
	"context"
	"net/http"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live/fanout"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/server"
)

// Deps is what the door needs.
type Deps struct {
	Render
	Media    *media.Service
	Identity *identity.Service
	// Sockets carry the ticks to those who watch.
	Sockets *fanout.Hub
	// RTMPURL and WHIPURL are what encoders are told; SampleAsset names the video of the sample source.
	RTMPURL     func() string
	WHIPPath    string
	SampleAsset func(ctx context.Context) (string, error)
	Sandbox     bool
	// PublicURL is where people reach the site; Subscribe hears hints.
	PublicURL func() string
	Subscribe func(subject string, fn func(subject string, data []byte)) (cancel func(), err error)
}

type door struct {
	Deps
	router *server.Router
	zips   zips
}

const base = "/api/v1/live"

// Mount registers the live operations.
func Mount(r *server.Router, d Deps) {
	h := &door{Deps: d, router: r}
	op := func(id, method, path, summary string, allow server.Allow) server.Op {
		return server.Op{ID: id, Method: method, Path: base + path, Tag: "live", Summary: summary, Allow: allow}
	}
	empty := func(o server.Op) server.Op { o.Status = http.StatusNoContent; return o }
	once := func(o server.Op) server.Op { o.Idempotent = true; return o }

	server.Register(r, op("room-list", http.MethodGet, "/rooms", "Rooms on air, or ended ones with a replay", server.Public), h.list)
	server.Register(r, op("room-get", http.MethodGet, "/rooms/{id}", "A room from inside", server.Public), h.get)
	server.Register(r, op("channel-current-room", http.MethodGet, "/channels/{id}/current", "The channel's room on air", server.Public), h.current)
	server.Register(r, op("channel-room-list", http.MethodGet, "/channels/{id}/rooms", "A channel's rooms; its team sees prepared ones too", server.Public), h.channelRooms)
	server.Register(r, once(op("room-prepare", http.MethodPost, "/channels/{id}/rooms", "Prepare a room", server.SignedIn)), h.prepare)
	server.Register(r, op("room-change", http.MethodPatch, "/rooms/{id}", "Change title or cover", server.SignedIn), h.change)
	server.Register(r, op("room-start", http.MethodPost, "/rooms/{id}/start", "Go on air; a picture must be arriving", server.SignedIn), h.start)
	server.Register(r, op("room-end", http.MethodPost, "/rooms/{id}/end", "End the broadcast", server.SignedIn), h.end)
	server.Register(r, op("room-cancel", http.MethodPost, "/rooms/{id}/cancel", "Withdraw a prepared room", server.SignedIn), h.cancel)
	server.Register(r, op("room-console", http.MethodGet, "/rooms/{id}/console", "Figures and stream health for the team", server.SignedIn), h.console)

	server.Register(r, op("ingest-get", http.MethodGet, "/channels/{id}/ingest", "Where and how to publish", server.SignedIn), h.ingest)
	server.Register(r, op("ingest-key-rotate", http.MethodPost, "/channels/{id}/ingest/key", "Make a new stream key, shown once; the old one stops", server.SignedIn), h.rotateKey)
	server.Register(r, empty(op("ingest-key-revoke", http.MethodDelete, "/channels/{id}/ingest/key", "Revoke the stream key", server.SignedIn)), h.revokeKey)
	server.Register(r, op("ingest-token", http.MethodPost, "/channels/{id}/ingest/token", "A ten-minute publish token for this browser's camera", server.SignedIn), h.token)
	server.Register(r, op("sample-switch", http.MethodPost, "/channels/{id}/sample", "Turn the sample source on or off", server.SignedIn), h.sample)

	server.Register(r, op("shelf-set", http.MethodPut, "/rooms/{id}/shelf", "Replace the shelf, in order", server.SignedIn), h.setShelf)
	server.Register(r, op("explain-set", http.MethodPost, "/rooms/{id}/explain", "Mark the product being explained, or stop", server.SignedIn), h.explain)
	server.Register(r, op("room-comment-add", http.MethodPost, "/rooms/{id}/comments", "Say something", server.SignedIn), h.say)
	server.Register(r, op("room-comment-list", http.MethodGet, "/rooms/{id}/comments", "Every comment, for the team", server.SignedIn), h.comments)
	server.Register(r, empty(op("room-comment-remove", http.MethodDelete, "/rooms/{id}/comments/{cid}", "Remove a comment", server.SignedIn)), h.remove)
	server.Register(r, empty(op("pin-set", http.MethodPut, "/rooms/{id}/pin", "Pin a comment or a line of your own", server.SignedIn)), h.pin)
	server.Register(r, empty(op("pin-clear", http.MethodDelete, "/rooms/{id}/pin", "Take the pinned line down", server.SignedIn)), h.unpin)
	server.Register(r, op("room-like", http.MethodPost, "/rooms/{id}/likes", "Add summed likes", server.SignedIn), h.like)
	server.Register(r, empty(op("mute-set", http.MethodPost, "/rooms/{id}/mutes", "Mute a viewer", server.SignedIn)), h.mute)
	server.Register(r, empty(op("mute-lift", http.MethodDelete, "/rooms/{id}/mutes/{userId}", "Lift a mute", server.SignedIn)), h.unmute)
	server.Register(r, empty(op("beacon", http.MethodPost, "/rooms/{id}/beacon", "I am watching over HTTP", server.Public)), h.beacon)
	server.Register(r, empty(op("product-opened", http.MethodPost, "/rooms/{id}/opened", "A viewer in the room looked into a product on its shelf", server.Public)), h.opened)
	server.Register(r, op("room-review", http.MethodGet, "/rooms/{id}/review", "A session in figures, for the team", server.SignedIn), h.review)
	server.Register(r, op("replay-get", http.MethodGet, "/rooms/{id}/replay", "Where the replay is and how its timeline is cut", server.Public), h.replay)

	server.Register(r, op("channel-notice-list", http.MethodGet, "/channels/{id}/notices", "Announced lives that are planned or on air, the next first", server.Public), h.channelNotices)
	server.Register(r, op("notice-desk-list", http.MethodGet, "/channels/{id}/notices/desk", "Notices with how many reserved, for the team", server.SignedIn), h.noticeDesk)
	server.Register(r, once(op("notice-post", http.MethodPost, "/channels/{id}/notices", "Announce a live", server.SignedIn)), h.noticePost)
	server.Register(r, op("notice-get", http.MethodGet, "/notices/{id}", "An announced live", server.Public), h.noticeGet)
	server.Register(r, op("notice-edit", http.MethodPatch, "/notices/{id}", "Change a planned notice; another time is told to those who reserved", server.SignedIn), h.noticeEdit)
	server.Register(r, op("notice-cancel", http.MethodPost, "/notices/{id}/cancel", "Withdraw a notice; those who reserved are told", server.SignedIn), h.noticeCancel)
	server.Register(r, op("notice-curve", http.MethodGet, "/notices/{id}/desk", "How many reserved, over time, for the team", server.SignedIn), h.noticeCurve)
	server.Register(r, op("notice-reserve", http.MethodPut, "/notices/{id}/reservation", "Tell me when it begins; twice is once", server.SignedIn), h.reserve)
	server.Register(r, op("notice-unreserve", http.MethodDelete, "/notices/{id}/reservation", "Take my reservation back", server.SignedIn), h.unreserve)
	server.Register(r, empty(op("room-notice-link", http.MethodPut, "/rooms/{id}/notice", "Which notice this room fulfils", server.SignedIn)), h.noticeLink)
	server.Register(r, op("reservation-list", http.MethodGet, "/reservations", "What I reserved", server.SignedIn), h.reservations)
	server.Register(r, op("reminder-list", http.MethodGet, "/reminders", "What I was told and did not read yet", server.SignedIn), h.reminders)
	server.Register(r, empty(op("reminder-read", http.MethodPost, "/reminders/read", "I have read it", server.SignedIn)), h.reminderRead)
	r.Handle("GET "+base+"/notices/{id}/calendar.ics", server.Public, "The notice for a calendar (RFC 5545)", http.HandlerFunc(h.calendar))
	r.Handle("GET "+base+"/reminders/events", server.SignedIn, "SSE: there is a new reminder", http.HandlerFunc(h.reminderStream))

	r.Handle("GET "+base+"/rooms/{id}/head", server.Public, "The newest tick's number and when the next is due", http.HandlerFunc(h.head))
	r.Handle("GET "+base+"/rooms/{id}/ticks/{range}", server.Public, "Tick {epoch}-{n}, or ticks {epoch}-{a}-{b}: immutable", http.HandlerFunc(h.ticks))
	r.Handle("GET "+base+"/rooms/{id}/keys/{key}", server.Public, "Keyframe {epoch}-{n}: immutable", http.HandlerFunc(h.key))
	r.Handle("GET "+base+"/rooms/{id}/replay/{k}", server.Public, "The k-th ten seconds of a replay: immutable", http.HandlerFunc(h.chunk))
	r.Handle("GET "+base+"/rooms/{id}/ws", server.Public, "WebSocket: a keyframe, then one frame per tick", http.HandlerFunc(h.socket))
}
