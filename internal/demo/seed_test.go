package demo_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/shop"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// One world for each engine goes through all of it: building one takes seconds.
func TestSeed_BuildsTheWorldThatIsPromisedOnceAndAgainAfterAWipe(t *testing.T) {
	t.Parallel()
	built(t, func(t *testing.T, w *world) {
		got := w.census()
		t.Log(got)
		for table, want := range map[string]int64{"identity_users": 135, "live_notices": 3, "channel_channels": 12, "channel_posts": 57, "shop_shops": 5, "shop_products": 40, "shop_orders": 300} {
			if got[table] != want {
				t.Errorf("%s has %d rows, want %d", table, got[table], want)
			}
		}
		for table, least := range map[string]int64{"channel_likes": 700, "channel_saves": 150, "channel_comments": 150, "channel_follows": 200, "money_refunds": 8} {
			if got[table] < least {
				t.Errorf("%s has %d rows, want at least %d", table, got[table], least)
			}
		}
		w.sound()
		w.checkRoles()
		w.checkShops()
		w.checkPosts()
		w.checkOrders()
		w.checkSeedAgain()
		w.checkWipe()
	})
}

func (w *world) checkRoles() {
	w.t.Helper()
	for _, role := range []string{"viewer", "host", "merchant", "operator"} {
		if a := w.role(role); a.Operator != (role == "operator") {
			w.t.Errorf("%s: operator %t", role, a.Operator)
		}
	}
	_, _, err := w.now.Identity.DemoSignIn(w.ctx, "nobody", "test")
	w.refuses(err, "user_not_found")
	host, merchant := w.role("host"), w.role("merchant")
	mine, roles, err := w.now.Channel.Mine(w.ctx, host)
	w.must(err)
	if len(mine) < 2 || roles[mine[0].ID] != identity.Owner {
		w.t.Errorf("the host runs %d channels", len(mine))
	}
	shops, shopRoles, err := w.now.Shop.MyShops(w.ctx, merchant)
	w.must(err)
	if len(shops) != 2 || shopRoles[shops[0].ID] != identity.Owner {
		w.t.Errorf("the merchant runs %d shops", len(shops))
	}
	for _, s := range shops {
		if s.ChannelID == "" {
			w.t.Errorf("shop %s is bound to no channel", s.Name)
		}
		sum, err := w.now.Shop.ShopSummary(w.ctx, merchant, s.ID)
		w.must(err)
		w.t.Logf("%s: %+v", s.Name, sum)
		if role, err := w.now.Channel.RoleIn(w.ctx, merchant, s.ChannelID); err != nil || role != identity.Staff {
			w.t.Errorf("the merchant is %q in the channel of %s (%v)", role, s.Name, err)
		}
	}
	asset, err := w.demo.SampleAsset(w.ctx)
	w.must(err)
	if a, err := w.now.Media.Asset(w.ctx, asset); err != nil || a.DurationMS < 20_000 {
		w.t.Errorf("sample %+v (%v)", a, err)
	}
}

func (w *world) checkShops() {
	w.t.Helper()
	low, out := 0, 0
	var shops []string
	for _, name := range []string{"chenji"} { // a channel without a shop must be without one
		c, err := w.now.Channel.Channel(w.ctx, name)
		w.must(err)
		if _, bound, err := w.now.Shop.ShopByChannel(w.ctx, c.ID); err != nil || bound {
			w.t.Errorf("%s has a shop (%v)", name, err)
		}
	}
	for _, handle := range []string{"helane", "ayan", "baibiao", "nanpo"} {
		c, err := w.now.Channel.Channel(w.ctx, handle)
		w.must(err)
		s, bound, err := w.now.Shop.ShopByChannel(w.ctx, c.ID)
		w.must(err)
		if !bound {
			w.t.Fatalf("%s has no shop", handle)
		}
		shops = append(shops, s.ID)
	}
	for _, id := range shops {
		cards, err := w.now.Shop.ShopProducts(w.ctx, id, "", shop.PageSize)
		w.must(err)
		for _, c := range cards {
			if c.Image == "" || c.Skus < 1 {
				w.t.Errorf("product %s has no picture or no variant", c.Title)
			}
			switch {
			case c.Left == 0:
				out++
			case c.Left <= shop.LowStock:
				low++
			}
		}
	}
	if out != 1 || low < 4 {
		w.t.Errorf("%d products are sold out and %d nearly", out, low)
	}
}

func (w *world) checkPosts() {
	w.t.Helper()
	posts, err := w.now.Channel.Newest(w.ctx, "", 100)
	w.must(err)
	pinned := map[string]int{}
	for i, p := range posts {
		if i > 0 && p.CreatedAt > posts[i-1].CreatedAt {
			w.t.Errorf("post %s is newer than the one before it", p.ID)
		}
		if age := time.Since(time.UnixMilli(p.CreatedAt)); age < time.Minute || age > 31*24*time.Hour {
			w.t.Errorf("post %s is %s old", p.ID, age)
		}
		if p.PinnedAt > 0 {
			pinned[p.ChannelID]++
		}
		if p.Kind != channel.VideoPost {
			continue
		}
		if p.Cover == "" {
			w.t.Errorf("post %s has no cover", p.ID)
		}
		movie, release, err := w.now.Media.Movie(w.ctx, p.Assets[0])
		if err != nil {
			w.t.Errorf("post %s does not play: %v", p.ID, err)
			continue
		}
		if len(movie.Playlist(time.Time{})) == 0 {
			w.t.Errorf("post %s has an empty playlist", p.ID)
		}
		release()
	}
	if len(posts) != 57 || len(pinned) != 12 {
		w.t.Errorf("%d posts, %d channels with pins", len(posts), len(pinned))
	}
}

func (w *world) checkOrders() {
	w.t.Helper()
	states := map[order.State]int{}
	asked, bought := 0, map[string]int{}
	var sum, paid int64
	cursor := ""
	for {
		page, err := w.now.Shop.AllOrders(w.ctx, w.role("operator"), shop.OrderQuery{Cursor: cursor, Limit: shop.PageSize})
		w.must(err)
		if len(page) == 0 {
			break
		}
		for i, o := range page {
			if i > 0 && o.CreatedAt > page[i-1].CreatedAt {
				w.t.Errorf("order %s is newer than the one before it", o.ID)
			}
			states[o.State]++
			if o.Refund == order.Asked {
				asked++
			}
			if o.PaidAt > 0 {
				bought[o.BuyerID]++
				sum, paid = sum+o.Total, paid+1
			}
			if o.PaidAt > time.Now().UnixMilli() || o.CreatedAt > o.PaidAt && o.PaidAt > 0 {
				w.t.Errorf("order %s was placed %d and paid %d", o.ID, o.CreatedAt, o.PaidAt)
			}
		}
		cursor = page[len(page)-1].ID
	}
	again := 0
	for _, n := range bought {
		if n > 1 {
			again++
		}
	}
	w.t.Logf("states %v, refunds asked %d, average %d fen, %d of %d buyers came back", states, asked, sum/max(paid, 1), again, len(bought))
	if states[order.Paid] != 12 || asked != 2 || states[order.Unpaid] != 0 {
		w.t.Errorf("%d to ship, %d refunds asked, %d unpaid", states[order.Paid], asked, states[order.Unpaid])
	}
	for _, st := range []order.State{order.Shipped, order.Received, order.Closed, order.Refunded} {
		if states[st] < 8 {
			w.t.Errorf("only %d orders are %s", states[st], st)
		}
	}
	if sum/paid < 20_000 {
		w.t.Errorf("the average order is %d fen, want 200 yuan", sum/paid)
	}
	if rate := 100 * again / len(bought); rate < 55 || rate > 65 {
		w.t.Errorf("%d %% of the buyers came back, want 60", rate)
	}
}

// checkSeedAgain: a second seed changes nothing.
func (w *world) checkSeedAgain() {
	w.t.Helper()
	before := w.census()
	asset, err := w.demo.SampleAsset(w.ctx)
	w.must(err)
	w.must(newWorld(w.t, w.db, w.blobs).demo.Seed(w.ctx, func(int, int, string) { w.t.Error("something was made again") }))
	if after := w.census(); !maps.Equal(before, after) {
		w.t.Errorf("before %v, after %v", before, after)
	}
	if again, err := w.demo.SampleAsset(w.ctx); err != nil || again != asset {
		w.t.Errorf("the sample is %s, was %s (%v)", again, asset, err)
	}
}

func TestSeed_GoesOnAfterEveryInterruption(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		whole := newWhole(t)
		for _, cut := range []int{1, 5, 9, 15, 4, 12} {
			ctx, cancel := context.WithCancel(w.ctx)
			calls := 0
			err := newWorld(t, w.db, w.blobs).demo.Seed(ctx, func(int, int, string) {
				if calls++; calls == cut {
					cancel()
				}
			})
			cancel()
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("cut at batch %d: %v", cut, err)
			}
		}
		// In the middle of a transaction, and between the placing of a day's orders and the rest of that day.
		for _, fail := range []int{100, 700, 20, 41, 90, 7} {
			broken := newWorld(t, w.db, w.blobs)
			broken.out.failAt = fail
			if err := broken.demo.Seed(w.ctx, nil); !errors.Is(err, errInjected) {
				t.Fatalf("failed at fact %d: %v", fail, err)
			}
			w.must(w.now.Shop.ForgetQuotes(w.ctx)) // as a program that ran in between would have
		}
		w.seed()
		w.sound()
		w.checkOrders()
		got := w.census()
		for table, n := range whole {
			if got[table] != n {
				t.Errorf("%s has %d rows; built in one go it has %d", table, got[table], n)
			}
		}
	})
}

// newWhole is the census of a world that was built in one go.
func newWhole(t *testing.T) map[string]int64 {
	t.Helper()
	var out map[string]int64
	t.Run("whole", func(t *testing.T) {
		w := seeded(t)
		out = w.census()
	})
	return out
}

func TestSeed_RefusesADatabaseThatSomebodyUses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		u, err := w.now.Identity.CreateUser(w.ctx, identity.SignUp{Login: "real", Name: "Real", Password: "correct horse"})
		w.must(err)
		w.refuses(w.demo.Seed(w.ctx, nil), "not_a_demo")
		if n := w.count(`SELECT count(*) FROM demo_things`); n != 0 {
			t.Errorf("%d things were noted", n)
		}
		if n, err := w.now.Identity.CountUsers(w.ctx); err != nil || n != 1 {
			t.Errorf("%d accounts (%v)", n, err)
		}
		if _, err := w.now.Identity.User(w.ctx, u.ID); err != nil {
			t.Error(err)
		}
		_, err = w.demo.SampleAsset(w.ctx)
		w.refuses(err, "no_sample")
		if err := w.demo.Run(w.ctx); errs.CodeOf(err) != "not_seeded" {
			t.Errorf("Run on it: %v", err)
		}
	})
}

// A visitor who signs up in a demo does not make it a real site.
func TestSeed_GoesOnBesideVisitors(t *testing.T) {
	w := seeded(t)
	_, err := w.now.Identity.CreateUser(w.ctx, identity.SignUp{Login: "visitor", Name: "Visitor", Password: "correct horse"})
	w.must(err)
	w.must(w.demo.Seed(w.ctx, nil))
}

func TestSeed_PasswordsAreUnknown(t *testing.T) {
	w := seeded(t)
	for _, login := range []string{"demo-00", "demo-62"} {
		for _, password := range []string{"demo", "password", login, "demodemo", ""} {
			_, _, err := w.now.Identity.SignIn(w.ctx, login, password, identity.Browser{Agent: "test"})
			w.refuses(err, "sign_in_failed")
		}
	}
}

// The history's payments are known to the bank of the running program: their refunds work.
func TestSeed_ARefundOfTheHistoryCanBeApprovedLater(t *testing.T) {
	w := seeded(t)
	w.start()
	merchant := w.role("merchant")
	shops, _, err := w.now.Shop.MyShops(w.ctx, merchant)
	w.must(err)
	approved := 0
	for _, s := range shops {
		asked, _, err := w.now.Shop.ShopOrders(w.ctx, merchant, s.ID, shop.OrderQuery{State: "refund", Limit: 10})
		w.must(err)
		for _, o := range asked {
			_, err := w.now.Shop.ApproveRefund(w.ctx, w.role("viewer"), o.RefundID, "")
			w.refuses(err, "order_not_found")
			_, err = w.now.Shop.ApproveRefund(w.ctx, merchant, o.RefundID, "好的")
			w.must(err)
			w.until("money back", 10*time.Second, func() bool {
				got, _, err := w.now.Shop.Order(w.ctx, merchant, o.ID)
				w.must(err)
				return got.State == order.Refunded
			})
			approved++
		}
	}
	if approved != 2 {
		t.Errorf("%d refunds were asked for", approved)
	}
	w.sound()
}

// An order placed just before a day of the history ends, and paid after it, is the same order. With this
// origin order 70 is one, and the first half of the history is all there is to see.
func TestSeed_AnOrderPaidOnTheNextDay(t *testing.T) {
	t.Parallel()
	blobs, err := blob.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 21, 3, 16, 50, 0, time.UTC)
	w := newWorldAt(t, dbtest.Open(t, dbtest.SQLiteURL(t), migrate), blobs, clock.NewFake(at))
	ctx, stop := context.WithCancel(w.ctx)
	defer stop()
	days := 0
	err = w.demo.Seed(ctx, func(_, _ int, what string) {
		if what == "orders" {
			days++
		}
		if days == 30 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("after %d days: %v", days, err)
	}
	w.checkPaidOnTheNextDay(70)
}

// checkPaidOnTheNextDay: an order of the history was paid once, after it was placed, by the payment it began with.
func (w *world) checkPaidOnTheNextDay(n int) {
	w.t.Helper()
	var id string
	w.must(w.db.QueryRow(w.ctx, `SELECT id FROM demo_things WHERE key = $1`, fmt.Sprintf("order/%d", n)).Scan(&id))
	o, _, err := w.now.Shop.Order(w.ctx, w.role("operator"), id)
	w.must(err)
	payments, err := w.now.Money.OrderPayments(w.ctx, id)
	w.must(err)
	if o.PaidAt <= o.CreatedAt || len(payments) != 1 || !payments[0].Accepted {
		w.t.Errorf("order %d: placed at %d, paid at %d by %+v", n, o.CreatedAt, o.PaidAt, payments)
	}
}
