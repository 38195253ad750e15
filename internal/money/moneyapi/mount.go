package moneyapi

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/money/sandbox"
	"github.com/hawker-live/hawker/internal/server"
)

// Deps is what the door needs.
type Deps struct {
	Money    *money.Service
	Identity *identity.Service
	Bank     *sandbox.Bank // nil when no sandbox is allowed
}

type door struct {
	Deps
	router *server.Router
}

// maxNotify bounds a provider's callback; WeChat Pay and Alipay stay below 10 KiB.
const maxNotify = 64 << 10

// Mount registers the money operations.
func Mount(r *server.Router, d Deps) {
	h := &door{Deps: d, router: r}
	const tag, base = "money", "/api/v1/money"
	server.Register(r, server.Op{ID: "payment-get", Method: http.MethodGet, Path: base + "/payments/{id}", Tag: tag, Summary: "My payment; waits up to waitMs until it is decided", Allow: server.SignedIn}, h.payment)
	server.Register(r, server.Op{ID: "wallet-get", Method: http.MethodGet, Path: base + "/wallet", Tag: tag, Summary: "My accounts", Allow: server.SignedIn}, h.wallet)
	server.Register(r, server.Op{ID: "wallet-entries", Method: http.MethodGet, Path: base + "/wallet/entries", Tag: tag, Summary: "Movements of my accounts", Allow: server.SignedIn}, h.walletEntries)
	server.Register(r, server.Op{ID: "shop-balance", Method: http.MethodGet, Path: base + "/shops/{shopId}/balance", Tag: tag, Summary: "A shop's money, for its team", Allow: server.SignedIn}, h.balance)
	server.Register(r, server.Op{ID: "shop-entries", Method: http.MethodGet, Path: base + "/shops/{shopId}/entries", Tag: tag, Summary: "Movements of a shop's accounts, for its team", Allow: server.SignedIn}, h.shopEntries)
	if d.Bank != nil {
		server.Register(r, server.Op{ID: "sandbox-faults-get", Method: http.MethodGet, Path: base + "/sandbox/faults", Tag: tag, Summary: "Fault switches of the sandbox", Allow: server.Operator}, h.getFaults)
		server.Register(r, server.Op{ID: "sandbox-faults-set", Method: http.MethodPut, Path: base + "/sandbox/faults", Tag: tag, Summary: "Set the fault switches for the next charges", Allow: server.Operator}, h.setFaults)
	}
	r.Handle("POST "+base+"/notify/{provider}", server.Public, "a payment provider's signed callback", http.HandlerFunc(h.notify))
}

type paymentIn struct {
	ID     string `path:"id" maxLength:"64"`
	WaitMS int64  `query:"waitMs" minimum:"0" maximum:"10000" default:"0"`
}

func (h *door) payment(ctx context.Context, in *paymentIn) (*struct{ Body Payment }, error) {
	p, err := h.Money.WaitPayment(ctx, server.ActorFrom(ctx).UserID, in.ID, time.Duration(in.WaitMS)*time.Millisecond)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Payment }{Render(p)}, nil
}

func (h *door) wallet(ctx context.Context, _ *struct{}) (*struct{ Body Wallet }, error) {
	accounts, err := h.Money.Accounts(ctx, server.ActorFrom(ctx).UserID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Wallet }{Wallet{RenderAccounts(accounts)}}, nil
}

// Page is the query of every list.
type Page struct {
	Cursor string `query:"cursor" maxLength:"80"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"30"`
}

func (h *door) walletEntries(ctx context.Context, in *Page) (*struct{ Body LedgerEntries }, error) {
	return h.entries(ctx, server.ActorFrom(ctx).UserID, *in)
}

func (h *door) entries(ctx context.Context, owner string, in Page) (*struct{ Body LedgerEntries }, error) {
	found, err := h.Money.Entries(ctx, owner, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	return &struct{ Body LedgerEntries }{entries(found, in.Limit)}, nil
}

// ByShop is the path of a shop. Embedded inputs are exported because huma looks only into those.
type ByShop struct {
	ShopID string `path:"shopId" maxLength:"64"`
}

func (h *door) team(ctx context.Context, shopID string) error {
	return h.Identity.Require(ctx, server.ActorFrom(ctx), identity.Scope{Kind: "shop", ID: shopID}, identity.Owner, identity.Staff)
}

func (h *door) balance(ctx context.Context, in *ByShop) (*struct{ Body ShopBalance }, error) {
	if err := h.team(ctx, in.ShopID); err != nil {
		return nil, err
	}
	b, err := h.Money.Balance(ctx, in.ShopID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body ShopBalance }{ShopBalance{b.Settled, b.Escrow, b.Fees, b.Refunded}}, nil
}

type shopEntriesIn struct {
	ByShop
	Page
}

func (h *door) shopEntries(ctx context.Context, in *shopEntriesIn) (*struct{ Body LedgerEntries }, error) {
	if err := h.team(ctx, in.ShopID); err != nil {
		return nil, err
	}
	return h.entries(ctx, in.ShopID, in.Page)
}

func (h *door) getFaults(ctx context.Context, _ *struct{}) (*struct{ Body SandboxFaults }, error) {
	f, err := h.Bank.Faults(ctx)
	if err != nil {
		return nil, err
	}
	return &struct{ Body SandboxFaults }{faults(f)}, nil
}

func (h *door) setFaults(ctx context.Context, in *struct{ Body SandboxFaults }) (*struct{ Body SandboxFaults }, error) {
	if err := h.Bank.SetFaults(ctx, sandbox.Faults(in.Body)); err != nil {
		return nil, err
	}
	return &struct{ Body SandboxFaults }{in.Body}, nil
}

// notify takes a provider's callback. Anything but 2xx makes the provider send it again, so an event
// about something unknown is an error and a repeated one is a success.
func (h *door) notify(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxNotify))
	if err != nil {
		h.router.WriteError(w, req, errs.New(errs.Invalid, "body_too_large", "a callback has at most %d bytes", maxNotify))
		return
	}
	// A provider that hangs up has still told us: its event is not lost with the connection.
	ctx := context.WithoutCancel(req.Context())
	_, err = h.Money.Notified(ctx, req.PathValue("provider"), money.Notify{Method: req.Method, Path: req.URL.Path, Header: req.Header.Get, Body: body})
	if err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"code":"SUCCESS"}`) // the provider may have hung up
}
