package doorstest

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

func isCurrent(a answer, i int) bool {
	var list struct{ Items []struct{ Current bool } }
	return json.Unmarshal(a.body, &list) == nil && list.Items[i].Current
}

// request is an operation asked by p about x: a body its door accepts, ids in their places.
func (w *world) request(o op, p *person, x *tenant) call {
	w.t.Helper()
	c := call{method: o.method, path: w.address4(o, x), header: map[string]string{}}
	unique := itoa(int(w.serial.Add(1)))
	reason := fields{"reason": "x"}
	switch o.id {
	case "sign-up":
		c.body = fields{"login": "new-" + unique, "name": "new", "password": "canary-password-" + unique}
	case "sign-in":
		spare := w.people["viewer"]
		c.body = fields{"login": spare.login, "password": spare.password}
	case "me-update":
		c.body = fields{"locale": "en"}
	case "team-set":
		c.body = fields{"kind": "channel", "id": x.id("channel"), "login": w.people["stranger"].login, "role": "moderator"}
	case "team-list", "team-remove":
		c.path += "?kind=channel&id=" + x.id("channel")
		if o.id == "team-remove" {
			c.path += "&userId=" + x.id("member")
		}
	case "demo-life":
		c.body = fields{"paused": true}
	case "channel-create":
		c.body = fields{"handle": "new-" + unique, "name": "new"}
	case "channel-update":
		c.body = fields{"bio": x.shown}
	case "post-create":
		c.body = w.postBody(x)
		c.body.(fields)["assetIds"] = []string{w.imageOf(p)}
	case "post-update":
		c.body = fields{"text": x.shown}
	case "captions-put":
		c.body = fields{"vtt": captions(x)}
	case "comment-create":
		c.body = fields{"text": "hello " + unique}
	case "feed-seen":
		c.body = fields{"postIds": []string{x.id("post")}}
	case "room-prepare":
		c.body = fields{"title": "new", "record": false}
	case "room-change":
		c.body = fields{"title": x.shown}
	case "sample-switch":
		c.body = fields{"on": true}
	case "shelf-set":
		c.body = fields{"productIds": []string{}}
	case "explain-set":
		c.body = fields{}
	case "room-comment-add":
		c.body = fields{"text": "hello " + unique}
	case "pin-set":
		c.body = fields{"text": "pinned"}
	case "room-like":
		c.body = fields{"count": 1}
	case "mute-set":
		c.body = fields{"userId": w.people["quiet"].id, "minutes": 1}
	case "beacon":
		c.body = fields{"viewer": "viewer-of-tests"}
	case "product-opened":
		viewer := "viewer-" + unique + "-opens" // only who watches may open
		w.ask(p, call{method: "POST", path: strings.TrimSuffix(c.path, "opened") + "beacon", body: fields{"viewer": viewer}})
		c.body = fields{"viewer": viewer, "productId": x.id("product")}
	case "get-live-rooms-id-ws":
		c.path += "?viewer=viewer-of-tests"
	case "notice-post":
		c.body = w.noticeBody(x)
	case "notice-edit":
		c.body = fields{"title": x.shown}
	case "notice-cancel", "user-suspend", "user-restore", "room-stop", "post-hide", "post-restore", "comment-hide", "comment-restore", "stuck-retry", "stuck-retry-all", "order-cancel", "refund-ask":
		c.body = reason
	case "room-notice-link":
		c.body = fields{"noticeId": ""}
	case "reminder-read":
		c.body = fields{"noticeId": x.id("notice"), "kind": "soon"}
	case "sandbox-faults-set":
		c.body = fields{"delayMs": never, "duplicate": false, "lost": false, "outOfOrder": false, "wrongAmount": false, "failRefund": false}
	case "shop-open":
		c.body = fields{"name": "new", "kind": "individual"}
	case "shop-update":
		c.body = fields{"announcement": x.shown}
	case "product-create":
		c.body = w.productBody(x, "off", x.kept)
		c.body.(fields)["imageAssetIds"] = []string{w.imageOf(p)}
	case "product-update":
		body := w.productBody(x, "on", x.shown)
		body["version"] = w.version(x)
		body["skus"] = []any{fields{"id": x.id("sku"), "priceMinor": 100, "specs": []any{}, "code": x.kept}}
		c.body = body
	case "product-state":
		c.body = fields{"state": "on"}
	case "sku-stock":
		c.body = fields{"delta": 1}
	case "address-add":
		c.body = w.addressBody("new " + unique)
	case "address-update":
		c.body = w.addressBody(x.kept)
	case "quote-create":
		c.body = fields{"lines": []any{fields{"quantity": 1, "skuId": x.id("sku")}}}
	case "order-place":
		c.body = w.orderBody(x, x.id("quote"))
	case "order-pay":
		c.body = fields{"provider": "sandbox"}
	case "order-ship":
		c.body = fields{"carrier": "SF", "trackingNo": "T0000" + unique}
	case "order-ship-batch", "ship-run-start":
		w.untilShipped(x)
		c.body = fields{"items": []any{fields{"orderId": x.id("order"), "carrier": "SF", "trackingNo": x.kept}}}
	case "refund-approve", "refund-refuse":
		c.body = fields{"reply": x.kept}
	case "ship-run-steer":
		c.body = fields{"do": "stop"}
	case "post-media-images":
		c.body, c.header["Content-Type"] = bytes.Clone(onePixel), "image/png"
	case "post-media-uploads":
		c.header = tusHeader
	case "patch-media-uploads-id":
		c.body = bytes.Repeat([]byte("x"), 8)
		c.header = map[string]string{"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
	case "delete-media-uploads-id":
		c.header = map[string]string{"Tus-Resumable": "1.0.0"}
	case "post-media-whip":
		c.body, c.header = []byte("v=0\r\n"), map[string]string{"Content-Type": "application/sdp", "Authorization": ""} // a session is no stream key
	}
	return c
}

// address4 fills an operation's address with the ids of x.
func (w *world) address4(o op, x *tenant) string {
	steps := strings.Split(o.path, "/")
	for i, s := range steps {
		switch strings.Trim(s, "{}") {
		case s: // no placeholder
		case "id", "shopId":
			steps[i] = x.id(o.on)
			if o.on == "roomcomment" {
				steps[i] = x.id("room")
			}
		case "cid":
			steps[i] = x.id("roomcomment")
		case "userId":
			steps[i] = w.people["quiet"].id
		case "kind":
			steps[i] = "job"
		case "lang":
			steps[i] = "en"
		case "tag":
			steps[i] = "tea"
		case "range":
			steps[i] = x.epoch + "-" + x.tick
		case "key":
			steps[i] = x.epoch + "-" + x.key
		case "k":
			steps[i] = "0"
		case "role":
			steps[i] = "viewer"
		default:
			steps[i] = "nosuch"
		}
	}
	return strings.Join(steps, "/")
}

// imageOf is a picture of the person's own, made at the first wish.
func (w *world) imageOf(p *person) string {
	if p == nil || p.id == "" || p.name == "suspended" || p.name == "signedOut" {
		return "img_none"
	}
	w.mu.Lock()
	id := w.once["image "+p.id]
	w.mu.Unlock()
	if id == "" {
		id = w.image(p)
		w.mu.Lock()
		w.once["image "+p.id] = id
		w.mu.Unlock()
	}
	return id
}

// version of the product as it stands.
func (w *world) version(x *tenant) int64 {
	var v struct{ Version int64 }
	a := w.ask(x.owner, call{method: "GET", path: "/api/v1/shop/products/" + x.id("product")})
	if json.Unmarshal(a.body, &v) != nil || v.Version == 0 {
		return 1 // there is no such product
	}
	return v.Version
}

// untilShipped waits for the shop's last sheet of parcels: it takes one at a time.
func (w *world) untilShipped(x *tenant) {
	path := "/api/v1/shop/shops/" + x.id("shop") + "/shipments"
	for range 200 {
		a := w.ask(x.owner, call{method: "GET", path: path})
		if a.status != 200 || a.get("run.state") != "running" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}
