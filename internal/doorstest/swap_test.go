package doorstest

import (
	"bytes"
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// idFields are the fields and filters that name a thing, and which kind. One that ends in Id or Ids and does
// not stand here fails the test.
var idFields = map[string]string{
	"addressId": "address", "assetIds": "asset", "avatarAssetId": "asset", "channelId": "channel", "commentId": "roomcomment", "coverAssetId": "asset",
	"imageAssetId": "asset", "imageAssetIds": "asset", "logoAssetId": "asset", "noticeId": "notice", "orderId": "order", "postId": "post", "postIds": "post",
	"productId": "product", "productIds": "product", "proofAssetIds": "asset", "quoteId": "quote", "replyTo": "comment", "roomId": "room", "skuId": "sku",
	"userId": "user", "id": "",
}

// swapsAllowed are the foreign ids that may be named, each with the reason.
var swapsAllowed = map[string]string{
	"quote-create skuId":       "anybody may ask what another shop's goods cost",
	"quote-create addressId":   "checked when ordering; freight is the same everywhere",
	"feed-seen postIds":        "posts are public; what was seen is noted for the reader alone",
	"product-opened productId": "a product that is not on this room's shelf is not counted",
	"order-place roomId":       "where the buyer came from; no right comes of it",
	"order-place postId":       "where the buyer came from; no right comes of it",
	"mute-set userId":          "any viewer may be muted in one's own room",
	"order-ship-batch orderId": "rows fail alone: the foreign one says order_not_found",
	"ship-run-start orderId":   "lines fail alone: the foreign one says order_not_found",
	"reminder-read noticeId":   "marks one's own reminder as read; there is none",
}

// swap is a request of A's that names one thing of B's.
type swap struct {
	what string
	call call
}

// swaps puts B's ids into every field and filter of an operation, one at a time.
func (w *world) swaps(t *testing.T, o op, doc *huma.Operation, base call, b *tenant) (out []swap) {
	t.Helper()
	for _, p := range doc.Parameters {
		if p.In != "query" {
			continue
		}
		add := func(value string) {
			c := base
			address, raw, _ := strings.Cut(base.path, "?")
			q, _ := url.ParseQuery(raw) // our own
			q.Set(p.Name, value)
			c.path = address + "?" + q.Encode()
			out = append(out, swap{p.Name, c})
		}
		switch kind := idFields[p.Name]; {
		case p.Name == "cursor" || p.Name == "after":
			for _, id := range b.ids {
				add(id)
			}
		case p.Name == "query":
			add(b.kept)
			add(b.ids["order"])
		case kind != "":
			add(b.ids[kind])
		}
	}
	body, ok := base.body.(fields)
	if !ok || doc.RequestBody == nil || doc.RequestBody.Content["application/json"] == nil {
		return out
	}
	var walk func(s *huma.Schema, at fields, rebuild func(fields) any)
	walk = func(s *huma.Schema, at fields, rebuild func(fields) any) {
		if s.Ref != "" {
			s = w.Router.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
		}
		for name, field := range s.Properties {
			kind, known := idFields[name]
			lower := strings.ToLower(name)
			if !known && (strings.HasSuffix(lower, "id") || strings.HasSuffix(lower, "ids")) {
				t.Errorf("%s: idFields does not say what %s names", o.id, name)
			}
			if name == "id" && o.id == "team-set" {
				kind = "channel"
			} else if name == "id" {
				kind = "sku" // of a product's variants
			}
			changed := maps.Clone(at)
			switch {
			case known && field.Type == huma.TypeArray:
				changed[name] = []string{b.ids[kind]}
			case known:
				changed[name] = b.ids[kind]
			case field.Type == huma.TypeArray:
				list, _ := at[name].([]any)
				if len(list) == 0 {
					continue
				}
				first, _ := list[0].(fields)
				if first == nil {
					continue
				}
				walk(field.Items, first, func(f fields) any {
					outer := maps.Clone(at)
					outer[name] = []any{f}
					return rebuild(outer)
				})
				continue
			default:
				continue
			}
			c := base
			c.body = rebuild(changed)
			out = append(out, swap{name, c})
		}
	}
	walk(doc.RequestBody.Content["application/json"].Schema, body, func(f fields) any { return f })
	return out
}

// sightOf is what a tenant's people see of what is theirs.
func (w *world) sightOf(x *tenant) map[string]string {
	out := map[string]string{}
	see := func(p *person, path string) { out[path] = string(w.must(p, "GET", "/api/v1/"+path, nil).body) }
	for _, path := range []string{"shop/shops/" + x.ids["shop"], "shop/products/" + x.ids["product"], "shop/shops/" + x.ids["shop"] + "/manage/products",
		"shop/shops/" + x.ids["shop"] + "/orders?limit=100", "shop/shops/" + x.ids["shop"] + "/refunds", "shop/shops/" + x.ids["shop"] + "/shipments",
		"identity/team?kind=channel&id=" + x.ids["channel"], "identity/team?kind=shop&id=" + x.ids["shop"], "channel/channels/" + x.ids["channel"],
		"live/channels/" + x.ids["channel"] + "/notices/desk", "money/shops/" + x.ids["shop"] + "/entries", "identity/me", "media/assets/" + x.ids["asset"]} {
		see(x.owner, path)
	}
	for _, path := range []string{"shop/orders?limit=100", "shop/addresses", "money/wallet", "identity/me"} {
		see(x.buyer, path)
	}
	return out
}

// swapTenants asks everything A may ask with one of B's ids in it.
func (w *world) swapTenants(t *testing.T) {
	a, b := w.tenant["A"], w.tenant["B"]
	before := w.sightOf(b)
	docs := map[string]*huma.Operation{}
	each(w.Router.OpenAPI(), func(_, _ string, o *huma.Operation) { docs[o.OperationID] = o })
	sent, refused, leaks := 0, 0, 0
	for _, o := range operations(t, w.Router.OpenAPI()) {
		if o.gate() == "operator" || o.may("anyone") && o.method != "GET" || o.fresh == "session" {
			continue
		}
		p := a.owner
		if o.may("buyer") && !o.may("owner") {
			p = a.buyer
		}
		x := a
		if o.method != "GET" && o.fresh != "" && o.fresh != "end" && o.fresh != "last" && o.fresh != "paid" && o.fresh != "shipped" && o.fresh != "refund" {
			x = w.fresh(a, o.fresh)
		}
		for _, s := range w.swaps(t, o, docs[o.id], w.request(o, p, x), b) {
			got := w.ask(p, s.call)
			sent++
			if bytes.Contains(got.body, []byte(b.kept)) {
				leaks++
				t.Errorf("%s with B's %s: the answer holds what B keeps: %s", o.id, s.what, got)
			}
			if got.status >= 400 && got.status < 500 {
				refused++
			} else if why := swapsAllowed[o.id+" "+s.what]; o.method != "GET" && why == "" {
				t.Errorf("%s takes B's %s: %s", o.id, s.what, got)
			}
		}
	}
	w.must(a.owner, "DELETE", "/api/v1/live/rooms/"+a.ids["room"]+"/mutes/"+b.ids["user"], nil)
	after := w.sightOf(b)
	for path, was := range before {
		if now := after[path]; now != was {
			t.Errorf("B's %s changed by what A asked:\n%s\n%s", path, was, now)
		}
	}
	t.Logf("%d requests of A with an id of B's in them: %d refused, %d foreign answers, B unchanged", sent, refused, leaks)
	if sent < 300 {
		t.Errorf("only %d swaps were tried", sent)
	}
}
