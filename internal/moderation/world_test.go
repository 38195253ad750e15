package moderation_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/hawker-live/hawker/internal/channel/channeltest"
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/moderation"
	"github.com/hawker-live/hawker/internal/money"
	"github.com/hawker-live/hawker/internal/shop"
)

// rooms stands for live. Stopping a room whose title is "stuck" fails.
type rooms struct {
	list    map[string]*live.Room
	stopped map[string]string // reason by room
}

func (r *rooms) Room(_ context.Context, roomID string) (live.Room, error) {
	if v, ok := r.list[roomID]; ok {
		return *v, nil
	}
	return live.Room{}, errs.New(errs.NotFound, "room_not_found", "there is no such room")
}

func (r *rooms) Rooms(_ context.Context, f live.Filter) ([]live.Room, error) {
	var out []live.Room
	for _, v := range r.list {
		if slices.Contains(f.States, v.State) {
			out = append(out, *v)
		}
	}
	return out, nil
}

func (r *rooms) CurrentByChannels(_ context.Context, channelIDs []string) (map[string]string, error) {
	out := map[string]string{}
	for _, v := range r.list {
		if v.OnAir() && slices.Contains(channelIDs, v.ChannelID) {
			out[v.ChannelID] = v.ID
		}
	}
	return out, nil
}

func (r *rooms) Stop(_ context.Context, a identity.Actor, roomID, reason string) (live.Room, error) {
	if err := identity.RequireOperator(a); err != nil {
		return live.Room{}, err
	}
	v := r.list[roomID]
	if v.Title == "stuck" {
		return *v, errors.New("the stream does not answer")
	}
	v.State, r.stopped[roomID] = timeline.Ended, reason
	return *v, nil
}

func (r *rooms) OnlineNow() (viewers int64, rooms int) { return 42, len(r.list) }

// office stands for shop, money and storage.
type office struct {
	shopBreaks, bookBreaks []money.Break
	query                  shop.OrderQuery
}

func (o *office) AllOrders(_ context.Context, a identity.Actor, q shop.OrderQuery) ([]shop.Order, error) {
	o.query = q
	return nil, identity.RequireOperator(a)
}
func (o *office) SalesToday(context.Context) (shop.Day, error) {
	return shop.Day{Orders: 3, Sales: 2970}, nil
}
func (o *office) Audit(context.Context) ([]money.Break, error) { return o.shopBreaks, nil }
func (o *office) StoredBytes(context.Context) (int64, error)   { return 1 << 30, nil }
func (o *office) books() moderation.Books                      { return books{o} }

type books struct{ o *office }

func (b books) Audit(context.Context) ([]money.Break, error) { return b.o.bookBreaks, nil }
func (b books) AllAccounts(_ context.Context, limit int) ([]money.Account, error) {
	return []money.Account{{Owner: "platform", Kind: "cash", Unit: "CNY", Posted: 5, Held: int64(limit)}}, nil
}

type world struct {
	*channeltest.World
	mod    *moderation.Service
	stall  *stall
	rooms  *rooms
	office *office
	op     identity.Actor
}

func migrate(ctx context.Context, d *db.DB) error {
	return errors.Join(channeltest.Migrate(ctx, d), moderation.Migrate(ctx, d))
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: channeltest.New(t, d), rooms: &rooms{list: map[string]*live.Room{}, stopped: map[string]string{}}, office: &office{}, stall: newStall()}
	w.mod = moderation.New(moderation.Deps{DB: d, Clock: w.Clock, IDs: w.IDs, Identity: w.Identity, Channel: w.Channel, Rooms: w.rooms,
		Orders: w.office, Books: w.office.books(), Storage: w.office, Outbox: w.stall, Jobs: w.stall, Refunds: w.stall})
	w.op = w.Operator("ops")
	return w
}

// each runs a test on both engines and then checks the log.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, migrate, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		fn(t, w)
		w.sound()
	})
}

func (w *world) sound() {
	w.T.Helper()
	breaks, err := w.mod.Audit(w.Ctx)
	w.OK(err)
	if len(breaks) > 0 {
		w.T.Errorf("the log has breaks: %v", breaks)
	}
}

func (w *world) onAir(channelID, title string) *live.Room {
	r := &live.Room{ID: w.IDs.New("rom"), ChannelID: channelID, Title: title, State: timeline.Live}
	w.rooms.list[r.ID] = r
	return r
}

// logged are the acts of the log, oldest first.
func (w *world) logged() []string {
	w.T.Helper()
	list, err := w.mod.Log(w.Ctx, w.op, "", 100)
	w.OK(err)
	out := []string{}
	for _, e := range list {
		out = append([]string{e.Act}, out...)
	}
	return out
}
