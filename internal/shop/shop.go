package shop

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"hash/fnv"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/infra/lane"
	"github.com/hawker-live/hawker/internal/money"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the shop tables up to date.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "shop", schema) }

// Facts writes facts into the outbox of the running transaction.
type Facts interface {
	EmitAll(ctx context.Context, facts []event.Fact) error
}

// Images tells whether a picture asset exists, is ready and is the user's to show.
type Images interface {
	OwnImage(ctx context.Context, userID, assetID string) error
}

// Hints tells whoever listens now that something changed; a lost hint costs freshness only.
type Hints interface {
	Publish(subject string, data []byte) error
}

// Deps of the service.
type Deps struct {
	DB       *db.DB
	Facts    Facts
	Jobs     *job.Runner
	Clock    clock.Clock
	IDs      *id.Source
	Log      *slog.Logger
	Identity *identity.Service
	Money    *money.Service
	Images   Images
	Hints    Hints
	// Meter makes the meter of a lane by its name; nil measures nothing.
	Meter  func(lane string) lane.Meter
	FeeBps int64          // platform fee of new shops, basis points; 0 = free of charge
	Zone   *time.Location // whose midnight starts a merchant's day; nil = UTC+8
}

// Service is the shop domain.
type Service struct {
	Deps
	orders *lane.Lane[*placing, *Placed]
	quotes *lane.Lane[quoteRow, struct{}]
	seen   seenQuotes
	// addresses reads the address of an order.
	addresses *db.Loader[string, owned]
	seq       atomic.Uint64 // tail of order numbers
	shown     atomic.Uint64 // quotes
}

// chinaOffset is UTC+8, which has no daylight saving.
const chinaOffset = 8 * 60 * 60

// New builds the service, joins money as the payee and registers the sweepers. Run must follow.
func New(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = time.FixedZone("UTC+8", chinaOffset)
	}
	s := &Service{Deps: d, addresses: db.NewLoader(d.DB, addressByID, scanOwned)}
	// Each process starts its numbers somewhere else, so that two nodes rarely meet in a millisecond.
	h := fnv.New64a()
	_, _ = h.Write([]byte(d.IDs.New("seq")))
	s.seq.Store(h.Sum64() % 1_000_000)
	s.orders = lane.New(s.laneOptions("orders"), s.placeBatch)
	s.quotes = lane.New(s.laneOptions("quotes"), s.writeQuotes)
	d.Money.JoinPayee(s)
	d.Jobs.Handle(shipRunKind, job.Options{Lease: shipRunLease}, s.workShipRun)
	d.Jobs.Every("shop.expire_holds", sweepEvery, s.ExpireHolds)
	d.Jobs.Every("shop.receive_overdue", receiveEvery, s.ReceiveOverdue)
	d.Jobs.Every("shop.forget_quotes", receiveEvery, s.ForgetQuotes)
	return s
}

// Run works both lanes off until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	quotes := make(chan error, 1)
	go func() { quotes <- s.quotes.Run(ctx) }()
	err := s.orders.Run(ctx)
	s.quotes.Close()
	return errors.Join(err, <-quotes)
}

func (s *Service) laneOptions(name string) lane.Options {
	o := lane.Options{Name: name, Clock: s.Clock}
	if s.Meter != nil {
		o.Meter = s.Meter(name)
	}
	return o
}

// Working reports whether orders can be placed: both lanes run.
func (s *Service) Working() bool { return s.orders.Working() && s.quotes.Working() }

// Waiting is how many commands wait in each lane.
func (s *Service) Waiting() map[string]int {
	return map[string]int{"orders": s.orders.Len(), "quotes": s.quotes.Len()}
}

// Asked counts quotes and orders that were asked for. Only differences mean something.
func (s *Service) Asked() uint64 { return s.seq.Load() + s.shown.Load() }

func (s *Service) now() int64 { return clock.UnixMS(s.Clock) }

// hintStock tells after the commit that products' counters changed.
func (s *Service) hintStock(ctx context.Context, productIDs []string) {
	ids := unique(productIDs)
	db.AfterCommit(ctx, func() {
		for _, productID := range ids {
			s.publish("shop.stock", map[string]string{"productId": productID})
		}
	})
}

// OrderHint is what a merchant's screen hears when an order changes.
type OrderHint struct {
	OrderID    string `json:"orderId"`
	State      string `json:"state"`
	Number     string `json:"number"`
	TotalMinor int64  `json:"totalMinor"`
}

// OrderSubject is the hint subject of a shop's orders.
func OrderSubject(shopID string) string { return "shop.order." + shopID }

func (s *Service) hintOrder(ctx context.Context, o Order) {
	hint := OrderHint{OrderID: o.ID, State: string(o.State), Number: o.Number, TotalMinor: o.Total}
	db.AfterCommit(ctx, func() { s.publish(OrderSubject(o.ShopID), hint) })
}

func (s *Service) publish(subject string, v any) {
	data, err := json.Marshal(v)
	if err == nil {
		err = s.Hints.Publish(subject, data)
	}
	if err != nil {
		s.Log.Debug("hint was not published", slog.String("subject", subject), slog.Any("error", err))
	}
}
