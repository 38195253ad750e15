package doorstest

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"time"

	"github.com/hawker-live/hawker/internal/demo/assets"
)

// tenant is a channel and a shop with everything that can hang on them, its team and a buyer. Every text
// field holds a canary: "shown" where the world may read it, "kept" where only the tenant may.
type tenant struct {
	letter                         string
	owner, staff, moderator, buyer *person
	shown, kept                    string
	ids                            map[string]string // by kind of thing, see policy.txt
	paid                           []string          // orders that wait for a use
	paidAt                         int
	epoch, tick, key               string
	streamKey                      string
}

// onePixel is the smallest PNG.
var onePixel, _ = base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

func (t *tenant) id(kind string) string { return t.ids[kind] }

// found makes a tenant: a channel, a shop bound to it, and its people.
func (w *world) found(letter string) *tenant {
	w.t.Helper()
	x := &tenant{letter: letter, shown: "shown" + letter + "canary", kept: "kept" + letter + "canary", ids: map[string]string{}}
	x.owner, x.staff, x.moderator, x.buyer = w.join("owner"+letter), w.join("staff"+letter), w.join("moderator"+letter), w.join("buyer"+letter)
	w.tenant[letter] = x
	low := map[string]string{"A": "a", "B": "b"}[letter]
	x.ids["channel"] = w.must(x.owner, "POST", "/api/v1/channel/channels", fields{"handle": "tenant-" + low, "name": x.shown, "bio": x.shown}).get("id")
	x.ids["shop"] = w.must(x.owner, "POST", "/api/v1/shop/shops", fields{"name": x.shown, "kind": "individual", "channelId": x.ids["channel"]}).get("id")
	for _, scope := range []string{"channel", "shop"} {
		for role, p := range map[string]*person{"staff": x.staff, "moderator": x.moderator} {
			w.must(x.owner, "PUT", "/api/v1/identity/team", fields{"kind": scope, "id": x.ids[scope], "login": p.login, "role": role})
		}
	}
	colleague := w.join("colleague" + letter) // whom the others try to put out
	w.must(x.owner, "PUT", "/api/v1/identity/team", fields{"kind": "channel", "id": x.ids["channel"], "login": colleague.login, "role": "staff"})
	x.ids["member"] = colleague.id
	return x
}

// furnish gives a tenant one of everything an operation can be asked about.
func (w *world) furnish(x *tenant) {
	w.t.Helper()
	w.openShop(x)
	x.ids["video"] = w.clip(x.owner)
	x.ids["user"] = x.buyer.id
	x.ids["deadjob"] = w.deadJob()
	x.ids["draft"], _ = w.product(x, "off", x.kept)
	x.ids["quote"] = w.quote(x)
	x.ids["order"], x.ids["payment"] = w.order(x)
	x.ids["post"] = w.post(x)
	x.ids["comment"] = w.comment(x)
	x.ids["notice"] = w.notice(x)
	x.ids["upload"] = w.upload(x)
	x.ids["session"] = w.must(x.buyer, "GET", "/api/v1/identity/sessions", nil).get("items.0.id")
	w.goLive(x)
	x.ids["roomcomment"] = w.must(x.buyer, "POST", "/api/v1/live/rooms/"+x.ids["room"]+"/comments", fields{"text": x.shown + " 2"}).get("id")
	x.ids["prepared"] = w.room(x)
	x.streamKey = w.must(x.owner, "POST", "/api/v1/live/channels/"+x.ids["channel"]+"/ingest/key", nil).get("key")
	w.must(x.owner, "PATCH", "/api/v1/identity/me", fields{"bio": x.kept})
}

// openShop is the part of furnish that orders need.
func (w *world) openShop(x *tenant) {
	w.t.Helper()
	x.ids["asset"] = w.image(x.owner)
	x.ids["product"], x.ids["sku"] = w.product(x, "on", x.shown)
	x.ids["address"] = w.address(x)
}

func (w *world) image(p *person) string {
	return w.ask(p, call{method: "POST", path: "/api/v1/media/images", body: bytes.Clone(onePixel), header: map[string]string{"Content-Type": "image/png"}}).get("id")
}

func (w *world) product(x *tenant, state, text string) (product, sku string) {
	a := w.must(x.owner, "POST", "/api/v1/shop/shops/"+x.ids["shop"]+"/products", w.productBody(x, state, text))
	return a.get("id"), a.get("skus.0.id")
}

func (w *world) productBody(x *tenant, state, text string) fields {
	return fields{"category": text, "description": text, "freightMinor": 0, "imageAssetIds": []string{x.ids["asset"]}, "limitPerBuyer": 0, "options": []any{},
		"skus": []any{fields{"priceMinor": 100, "specs": []any{}, "stock": 1000, "code": x.kept}}, "state": state, "subtitle": text, "title": text}
}

func (w *world) address(x *tenant) string {
	return w.must(x.buyer, "POST", "/api/v1/shop/addresses", w.addressBody(x.kept)).get("id")
}

func (w *world) addressBody(text string) fields {
	return fields{"detail": text, "name": text, "phone": "13800138000", "region": text}
}

func (w *world) quote(x *tenant) string {
	return w.must(x.buyer, "POST", "/api/v1/shop/quotes", fields{"lines": []any{fields{"quantity": 1, "skuId": x.ids["sku"]}}}).get("id")
}

func (w *world) orderBody(x *tenant, quote string) fields {
	return fields{"addressId": x.ids["address"], "expectedTotalMinor": 100, "provider": "sandbox", "quoteId": quote, "note": x.kept}
}

// order places an order that the sandbox pays a moment later.
func (w *world) order(x *tenant) (order, payment string) {
	a := w.must(x.buyer, "POST", "/api/v1/shop/orders", w.orderBody(x, w.quote(x)))
	return a.get("order.id"), a.get("payment.id")
}

func (w *world) post(x *tenant) string {
	return w.must(x.owner, "POST", "/api/v1/channel/channels/"+x.ids["channel"]+"/posts", w.postBody(x)).get("id")
}

func (w *world) postBody(x *tenant) fields {
	return fields{"assetIds": []string{x.ids["asset"]}, "kind": "pictures", "tags": []string{"tea"}, "text": x.shown}
}

func (w *world) comment(x *tenant) string {
	return w.must(x.buyer, "POST", "/api/v1/channel/posts/"+x.ids["post"]+"/comments", fields{"text": x.shown}).get("id")
}

func (w *world) notice(x *tenant) string {
	return w.must(x.owner, "POST", "/api/v1/live/channels/"+x.ids["channel"]+"/notices", w.noticeBody(x)).get("id")
}

func (w *world) noticeBody(x *tenant) fields {
	return fields{"title": x.shown, "startsAt": time.Now().Add(time.Hour).UnixMilli()}
}

func (w *world) room(x *tenant) string {
	return w.must(x.owner, "POST", "/api/v1/live/channels/"+x.ids["channel"]+"/rooms", fields{"title": x.shown, "record": true}).get("id")
}

var tusHeader = map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": "64", "Content-Type": ""}

func (w *world) upload(x *tenant) string {
	a := w.ask(x.owner, call{method: "POST", path: "/api/v1/media/uploads", header: tusHeader})
	at := a.header.Get("Location")
	return at[bytes.LastIndexByte([]byte(at), '/')+1:]
}

// goLive plays the sample clip into the channel, records and ends one room, and opens another.
func (w *world) goLive(x *tenant) {
	w.t.Helper()
	at := "/api/v1/live/channels/" + x.ids["channel"]
	on := func() string {
		w.must(x.owner, "POST", at+"/sample", fields{"on": true})
		w.until("a picture of "+x.letter, func() bool {
			return bytes.Contains(w.must(x.owner, "GET", at+"/ingest", nil).body, []byte(`"onAir":true`))
		})
		room := w.room(x)
		w.must(x.owner, "PUT", "/api/v1/live/rooms/"+room+"/shelf", fields{"productIds": []string{x.ids["product"]}})
		w.must(x.owner, "POST", "/api/v1/live/rooms/"+room+"/start", nil)
		return room
	}
	x.ids["ended"] = on()
	time.Sleep(2500 * time.Millisecond) // a segment of the recording
	w.must(x.owner, "POST", "/api/v1/live/rooms/"+x.ids["ended"]+"/end", nil)
	x.ids["room"] = on()
	room := "/api/v1/live/rooms/" + x.ids["room"]
	w.must(x.owner, "POST", room+"/explain", fields{"productId": x.ids["product"]})
	w.until("a tick of "+x.letter, func() bool { return w.ask(nil, call{method: "GET", path: room + "/head"}).get("n") != "" })
	head := w.must(x.owner, "GET", room+"/head", nil)
	x.epoch, x.tick, x.key = head.get("e"), head.get("n"), head.get("key")
}

// clip uploads a video as a person.
func (w *world) clip(owner *person) (asset string) {
	w.t.Helper()
	clip, err := fs.ReadFile(assets.FS(), "clips/bowl-rim.mp4")
	if err != nil {
		w.t.Fatal(err)
	}
	a := w.ask(owner, call{method: "POST", path: "/api/v1/media/uploads", header: map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": itoa(len(clip)), "Content-Type": ""}})
	asset = a.header.Get("Hawker-Asset-Id")
	a = w.ask(owner, call{method: "PATCH", path: a.header.Get("Location"), body: clip,
		header: map[string]string{"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}})
	if a.status >= 300 {
		w.t.Fatalf("upload the clip: %s", a)
	}
	w.until("the clip plays", func() bool { return w.must(owner, "GET", "/api/v1/media/assets/"+asset, nil).get("state") == "ready" })
	return asset
}
