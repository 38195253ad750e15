package shopapi_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/moneyapi"
	"github.com/hawker-live/hawker/internal/money/sandbox"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
)

// wire is bus, outbox and pictures of a test.
type wire struct {
	mu   sync.Mutex
	subs map[string][]func(string, []byte)
}

func (w *wire) Emit(context.Context, event.Fact) error         { return nil }
func (w *wire) EmitAll(context.Context, []event.Fact) error    { return nil }
func (w *wire) OwnImage(context.Context, string, string) error { return nil }
func (w *wire) Publish(subject string, data []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, fn := range w.subs[subject] {
		fn(subject, data)
	}
	return nil
}

func (w *wire) Subscribe(subject string, fn func(string, []byte)) (func(), error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.subs[subject] = append(w.subs[subject], fn)
	return func() {}, nil
}

// sessions takes the token for the user's id.
type sessions struct{}

func (sessions) Resolve(_ context.Context, token string) (identity.Actor, error) {
	if !strings.HasPrefix(token, "usr_") {
		return identity.Actor{}, errs.New(errs.Unauthorized, "session_ended", "sign in again")
	}
	return identity.Actor{UserID: token, SessionID: "s", Name: token[len(token)-4:], Operator: token == "usr_operator"}, nil
}

type site struct {
	t      *testing.T
	base   string
	seller string
	router *server.Router
}

// newSite runs shop, money, bank and doors behind one loopback server, on the machine's clock.
func newSite(t *testing.T) *site {
	t.Helper()
	migrate := func(ctx context.Context, d *db.DB) error {
		return errors.Join(job.Migrate(ctx, d), server.Migrate(ctx, d), identity.Migrate(ctx, d), money.Migrate(ctx, d), sandbox.Migrate(ctx, d), shop.Migrate(ctx, d))
	}
	d := dbtest.Open(t, dbtest.SQLiteURL(t), migrate)
	c, log := clock.Real{}, slog.New(slog.DiscardHandler)
	ids := id.NewSource(c.Now)
	w := &wire{subs: map[string][]func(string, []byte){}}
	jobs := job.New(job.Deps{DB: d, Clock: c, IDs: ids, Log: log})
	router := server.NewRouter(server.Deps{DB: d, Clock: c, Log: log, Sessions: sessions{}, Version: "test"})
	mux := http.NewServeMux()
	mux.Handle("/", router)
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	secret, self := []byte("a secret of at least 16 bytes"), func() string { return web.URL }
	bank, err := sandbox.NewBank(sandbox.BankDeps{DB: d, Clock: c, IDs: ids, Log: log, Client: web.Client(), NotifyBase: self, Secret: secret, Allow: true})
	fatal(t, err)
	provider, err := sandbox.New(sandbox.Deps{BaseURL: func() string { return web.URL + "/sandbox-bank" }, Client: web.Client(), Secret: secret, Clock: c, Allow: true})
	fatal(t, err)
	mux.Handle("/sandbox-bank/", http.StripPrefix("/sandbox-bank", bank.Handler()))
	ident := identity.New(identity.Deps{DB: d, Clock: c, IDs: ids, Outbox: w, Log: log, Hasher: identity.NewHasher(identity.HashCost{MemoryKiB: 64, Passes: 1}, 1, 8)})
	pay := money.New(money.Deps{DB: d, Facts: w, Jobs: jobs, Clock: c, IDs: ids, Log: log, Providers: []money.Provider{provider}})
	sell := shop.New(shop.Deps{DB: d, Facts: w, Jobs: jobs, Clock: c, IDs: ids, Log: log, Identity: ident, Money: pay, Images: w, Hints: w, FeeBps: 300})
	moneyapi.Mount(router, moneyapi.Deps{Money: pay, Identity: ident, Bank: bank})
	shopapi.Mount(router, shopapi.Deps{Shop: sell, Identity: ident, Subscribe: w.Subscribe})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{jobs.Run, sell.Run, bank.Run} {
		running.Go(func() { _ = run(ctx) })
	}
	t.Cleanup(func() { stop(); running.Wait() })
	u, err := ident.CreateUser(ctx, identity.SignUp{Login: "seller", Name: "Seller", Password: "correct horse"})
	fatal(t, err)
	return &site{t: t, base: web.URL, seller: u.ID, router: router}
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var keys int

// call sends a request as a user and reads the answer.
func (s *site) call(user, method, path string, body any) (int, map[string]any) {
	s.t.Helper()
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		fatal(s.t, err)
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, s.base+"/api/v1"+path, in)
	fatal(s.t, err)
	req.Header.Set("Content-Type", "application/json")
	if user != "" {
		req.Header.Set("Authorization", "Bearer "+user)
	}
	keys++
	req.Header.Set("Idempotency-Key", fmt.Sprintf("test-key-%d", keys))
	res, err := (&http.Client{}).Do(req)
	fatal(s.t, err)
	defer res.Body.Close()
	out := map[string]any{}
	raw, err := io.ReadAll(res.Body)
	fatal(s.t, err)
	if len(raw) > 0 && json.Unmarshal(raw, &out) != nil {
		s.t.Fatalf("%s %s: %s", method, path, raw)
	}
	return res.StatusCode, out
}

func (s *site) ok(user, method, path string, body any) map[string]any {
	s.t.Helper()
	status, out := s.call(user, method, path, body)
	if status/100 != 2 {
		s.t.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out
}

func (s *site) refused(user, method, path string, body any, status int, code string) {
	s.t.Helper()
	got, out := s.call(user, method, path, body)
	if got != status || (code != "" && out["code"] != code) {
		s.t.Fatalf("%s %s: %d %v, wanted %d %s", method, path, got, out, status, code)
	}
}

type obj = map[string]any

func TestDoor_BuyShipReceive(t *testing.T) {
	s := newSite(t)
	const ann, bob = "usr_ann1", "usr_bob1"
	front := s.ok(s.seller, "POST", "/shop/shops", obj{"name": "Fruit", "kind": "individual"})
	shopID := front["id"].(string)
	if front["role"] != "owner" {
		t.Fatalf("%v", front)
	}
	input := obj{"title": "Orange", "subtitle": "sweet", "description": "", "category": "fruit", "imageAssetIds": []string{"ast_1"},
		"options": []obj{{"name": "Box", "values": []string{"S", "L"}}}, "limitPerBuyer": 0, "freightMinor": 500, "state": "on",
		"skus": []obj{{"specs": []obj{{"name": "Box", "value": "S"}}, "priceMinor": 1990, "listPriceMinor": 2990, "stock": 5},
			{"specs": []obj{{"name": "Box", "value": "L"}}, "priceMinor": 3990, "stock": 7}}}
	product := s.ok(s.seller, "POST", "/shop/shops/"+shopID+"/products", input)
	if product["priceMinor"] != 1990.0 || product["maxPriceMinor"] != 3990.0 || product["left"] != 12.0 || product["imageUrl"] != "/media/img/ast_1" {
		t.Fatalf("%v", product)
	}
	skuID := product["skus"].([]any)[0].(obj)["id"].(string)
	page := s.ok("", "GET", "/shop/products/"+product["id"].(string), nil)
	if page["imageAssetIds"] != nil || page["shop"].(obj)["name"] != "Fruit" {
		t.Fatalf("the public sees %v", page)
	}
	if list := s.ok("", "GET", "/shop/shops/"+shopID+"/products?limit=1", nil); len(list["items"].([]any)) != 1 || list["next"] == "" {
		t.Fatalf("%v", list)
	}
	stream := s.stream(shopID)

	address := s.ok(ann, "POST", "/shop/addresses", obj{"name": "Ann", "phone": "13800138000", "region": "上海市 徐汇区", "detail": "漕溪北路 1 号"})
	quote := s.ok(ann, "POST", "/shop/quotes", obj{"lines": []obj{{"skuId": skuID, "quantity": 2}}})
	if quote["totalMinor"] != 4480.0 {
		t.Fatalf("%v", quote)
	}
	place := obj{"quoteId": quote["id"], "expectedTotalMinor": 4480, "addressId": address["id"], "provider": "sandbox", "roomId": "liv_1"}
	s.refused("", "POST", "/shop/orders", place, 401, "sign_in_required")
	s.refused(bob, "POST", "/shop/orders", place, 404, "quote_not_found")
	changed := obj{"quoteId": quote["id"], "expectedTotalMinor": 1, "addressId": address["id"], "provider": "sandbox"}
	s.refused(ann, "POST", "/shop/orders", changed, 409, "price_changed")
	placed := s.ok(ann, "POST", "/shop/orders", place)
	orderID, paymentID := placed["order"].(obj)["id"].(string), placed["payment"].(obj)["id"].(string)
	if placed["payment"].(obj)["sandbox"] != true || placed["order"].(obj)["holdUntil"] == nil || placed["order"].(obj)["feeMinor"] != nil {
		t.Fatalf("%v", placed)
	}
	s.refused(bob, "GET", "/money/payments/"+paymentID, nil, 404, "payment_not_found")
	paid := s.ok(ann, "GET", "/money/payments/"+paymentID+"?waitMs=10000", nil)
	if paid["state"] != "paid" {
		t.Fatalf("%v", paid)
	}
	if hint := <-stream; !strings.Contains(hint, orderID) {
		t.Fatalf("stream said %s", hint)
	}

	s.refused(bob, "GET", "/shop/orders/"+orderID, nil, 404, "order_not_found")
	team := s.ok(s.seller, "GET", "/shop/orders/"+orderID, nil)
	if team["feeMinor"] != 134.0 || team["buyer"].(obj)["name"] != "ann1" {
		t.Fatalf("%v", team)
	}
	s.refused(ann, "POST", "/shop/orders/"+orderID+"/ship", obj{"carrier": "SF", "trackingNo": "SF12345678"}, 404, "order_not_found")
	batch := s.ok(s.seller, "POST", "/shop/shops/"+shopID+"/ship-batch", obj{"items": []obj{
		{"orderId": orderID, "carrier": "SF", "trackingNo": "SF12345678"}, {"orderId": "ord_x", "carrier": "SF", "trackingNo": "SF1"}}})
	rows := batch["results"].([]any)
	if rows[0].(obj)["ok"] != true || rows[1].(obj)["code"] != "tracking_invalid" {
		t.Fatalf("%v", batch)
	}
	// The same parcel on a sheet: it left already, and the sheet says so.
	sheet := s.ok(s.seller, "POST", "/shop/shops/"+shopID+"/shipments", obj{"items": []obj{
		{"orderId": orderID, "carrier": "SF", "trackingNo": "SF12345678"}, {"orderId": "ord_x", "carrier": "SF", "trackingNo": "SF1234567"}}})
	sheetID := sheet["id"].(string)
	for deadline := time.Now().Add(20 * time.Second); sheet["state"] != "done"; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the sheet does not end: %v", sheet)
		}
		sheet = s.ok(s.seller, "GET", "/shop/shipments/"+sheetID, nil)
	}
	lines := sheet["lines"].([]any)
	if lines[0].(obj)["state"] != "shipped" || lines[0].(obj)["number"] == nil || lines[1].(obj)["code"] != "order_not_found" {
		t.Fatalf("%v", sheet)
	}
	if last := s.ok(s.seller, "GET", "/shop/shops/"+shopID+"/shipments", nil); last["run"].(obj)["id"] != sheetID {
		t.Fatalf("%v", last)
	}
	s.refused(ann, "GET", "/shop/shipments/"+sheetID, nil, 404, "ship_run_not_found")
	s.refused(ann, "POST", "/shop/shipments/"+sheetID+"/steer", obj{"do": "again"}, 404, "ship_run_not_found")
	received := s.ok(ann, "POST", "/shop/orders/"+orderID+"/receive", nil)
	if received["state"] != "received" || len(received["timeline"].([]any)) != 4 {
		t.Fatalf("%v", received)
	}
	balance := s.ok(s.seller, "GET", "/money/shops/"+shopID+"/balance", nil)
	if balance["settledMinor"] != 4346.0 || balance["feesMinor"] != 134.0 {
		t.Fatalf("%v", balance)
	}
	s.refused(ann, "GET", "/money/shops/"+shopID+"/balance", nil, 403, "not_yours")
	mine := s.ok(ann, "GET", "/shop/orders?state=received", nil)
	if len(mine["items"].([]any)) != 1 || mine["counts"].(obj)["received"] != 1.0 {
		t.Fatalf("%v", mine)
	}
	entries := s.ok(s.seller, "GET", "/money/shops/"+shopID+"/entries?limit=2", nil)
	if len(entries["items"].([]any)) != 2 || entries["next"] == nil {
		t.Fatalf("%v", entries)
	}
	summary := s.ok(s.seller, "GET", "/shop/shops/"+shopID+"/summary", nil)
	if summary["ordersToday"] != 1.0 || len(summary["series"].([]any)) != 30 {
		t.Fatalf("%v", summary)
	}
	asked := s.ok(ann, "POST", "/shop/orders/"+orderID+"/refunds", obj{"reason": "broken"})
	refundID := asked["refund"].(obj)["id"].(string)
	s.refused(ann, "POST", "/shop/refunds/"+refundID+"/approve", obj{}, 404, "order_not_found")
	if done := s.ok(s.seller, "POST", "/shop/refunds/"+refundID+"/approve", obj{"reply": "sorry"}); done["refund"].(obj)["state"] != "refunding" {
		t.Fatalf("%v", done)
	}
}

// stream listens to a shop's orders and gives the data lines.
func (s *site) stream(shopID string) <-chan string {
	s.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/api/v1/shop/shops/"+shopID+"/stream", nil)
	fatal(s.t, err)
	req.Header.Set("Authorization", "Bearer "+s.seller)
	res, err := (&http.Client{}).Do(req)
	fatal(s.t, err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		s.t.Fatalf("stream: %d %v", res.StatusCode, res.Header)
	}
	out := make(chan string, 32)
	lines := bufio.NewScanner(res.Body)
	lines.Scan() // ": ready": from here on nothing is missed
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				out <- data
			}
		}
	}()
	s.t.Cleanup(func() { stop(); res.Body.Close(); <-done })
	return out
}

func TestDoor_RefusesOutOfBoundsAndStrangers(t *testing.T) {
	s := newSite(t)
	shopID := s.ok(s.seller, "POST", "/shop/shops", obj{"name": "Fruit", "kind": "individual"})["id"].(string)
	s.refused("", "GET", "/shop/mine", nil, 401, "sign_in_required")
	s.refused("usr_ann1", "GET", "/shop/shops/"+shopID+"/stream", nil, 403, "not_yours")
	s.refused("usr_ann1", "GET", "/shop/shops/"+shopID+"/orders", nil, 403, "not_yours")
	s.refused("usr_ann1", "GET", "/shop/shops/"+shopID+"/refunds", nil, 403, "not_yours")
	s.refused(s.seller, "GET", "/shop/shops/"+shopID+"/refunds?state=lost", nil, 422, "")
	if empty := s.ok(s.seller, "GET", "/shop/shops/"+shopID+"/refunds", nil); len(empty["items"].([]any)) != 0 || empty["counts"].(obj)["asked"] != 0.0 {
		t.Fatalf("%v", empty)
	}
	s.refused("usr_ann1", "GET", "/shop/orders?source=radio", nil, 422, "")
	s.refused("usr_ann1", "GET", "/shop/orders?limit=101", nil, 422, "")
	s.refused("usr_ann1", "GET", "/shop/orders?state=lost", nil, 422, "")
	s.refused("usr_ann1", "GET", "/money/payments/pay_x?waitMs=60000", nil, 422, "")
	s.refused("usr_ann1", "POST", "/shop/quotes", obj{"lines": []obj{}}, 422, "")
	s.refused("usr_ann1", "POST", "/shop/quotes", obj{"lines": []obj{{"skuId": "sku_x", "quantity": -1}}}, 422, "")
	s.refused("usr_ann1", "POST", "/shop/quotes", obj{"lines": []obj{{"skuId": "sku_x", "quantity": 1}}}, 410, "not_on_sale")
	s.refused("", "POST", "/money/notify/sandbox", obj{"paymentId": "x", "status": "paid"}, 401, "")
	s.refused("", "POST", "/money/notify/gold", obj{}, 404, "provider_unknown")
	s.refused("usr_ann1", "GET", "/money/sandbox/faults", nil, 403, "operator_only")
	set := s.ok("usr_operator", "PUT", "/money/sandbox/faults", obj{"delayMs": 5, "duplicate": true, "lost": false, "outOfOrder": false, "wrongAmount": false, "failRefund": false})
	if got := s.ok("usr_operator", "GET", "/money/sandbox/faults", nil); got["duplicate"] != true || got["delayMs"] != set["delayMs"] {
		t.Fatalf("%v", got)
	}
	wallet := s.ok("usr_ann1", "GET", "/money/wallet", nil)
	if len(wallet["accounts"].([]any)) != 0 {
		t.Fatalf("%v", wallet)
	}
	if list := s.ok("usr_ann1", "GET", "/money/wallet/entries", nil); list["items"] == nil {
		t.Fatalf("%v", list)
	}
}

// Every schema name is what the web's types are called after.
func TestDoor_SchemaNames(t *testing.T) {
	s := newSite(t)
	schemas := s.router.OpenAPI().Components.Schemas.Map()
	for _, name := range []string{"Order", "Product", "ProductCard", "Shop", "ShopCard", "Sku", "Spec", "Address", "Quote", "Payment", "ProductInput"} {
		if schemas[name] == nil {
			t.Errorf("no schema %s", name)
		}
	}
}
