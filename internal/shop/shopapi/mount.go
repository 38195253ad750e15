package shopapi

import (
	"net/http"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
)

// Deps is what the door needs.
type Deps struct {
	Shop     *shop.Service
	Identity *identity.Service
	// Subscribe listens to hints (bus.Subscribe): the merchant's stream.
	Subscribe func(subject string, fn func(subject string, data []byte)) (cancel func(), err error)
}

type door struct {
	Deps
	render Renderer
	router *server.Router
}

const (
	tag  = "shop"
	base = "/api/v1/shop"
)

// Mount registers the shop operations.
func Mount(r *server.Router, d Deps) {
	h := &door{Deps: d, render: Renderer{d.Shop, d.Identity}, router: r}
	h.mountShops(r)
	h.mountProducts(r)
	h.mountAddresses(r)
	h.mountOrders(r)
	h.mountMerchant(r)
}

func get(id, path, summary string, allow server.Allow) server.Op {
	return server.Op{ID: id, Method: http.MethodGet, Path: base + path, Tag: tag, Summary: summary, Allow: allow}
}

// act is a change that is done once per Idempotency-Key.
func act(id, path, summary string) server.Op {
	return server.Op{ID: id, Method: http.MethodPost, Path: base + path, Tag: tag, Summary: summary, Allow: server.SignedIn, Idempotent: true}
}

// pays is an act that moves money, or the units and promises it pays for.
func pays(id, path, summary string) server.Op {
	o := act(id, path, summary)
	o.Money = true
	return o
}

func op(id, method, path, summary string) server.Op {
	return server.Op{ID: id, Method: method, Path: base + path, Tag: tag, Summary: summary, Allow: server.SignedIn}
}

// ByID is the path of one thing. Embedded inputs are exported because huma looks only into those.
type ByID struct {
	ID string `path:"id" maxLength:"64"`
}

// Page is the query of every list.
type Page struct {
	Cursor string `query:"cursor" maxLength:"64"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"30"`
}

// next is the cursor after a full page, "" after the last.
func next[T any](items []T, limit int, id func(T) string) string {
	if len(items) < limit || len(items) == 0 {
		return ""
	}
	return id(items[len(items)-1])
}
