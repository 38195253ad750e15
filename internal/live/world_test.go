package live

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	cmdline "flag"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
	"github.com/hawker-live/hawker/internal/infra/job"
	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mp4"
	"github.com/hawker-live/hawker/internal/media/mp4/mp4test"
	"github.com/hawker-live/hawker/internal/media/source"
)

func TestMain(m *testing.M) {
	// Most of a test's time is waiting for ticks: as many run at once as that allows, not one a core.
	cmdline.Parse()
	if err := cmdline.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) { mp4test.Cleanup(); os.Exit(code) }))
}

const channel = "chn_1"

// world is a live service with its neighbours: real identity and media, a shop of three products.
type world struct {
	*Service
	users  *identity.Service
	media  *media.Service
	goods  *goods
	outbox *outbox
	jobs   *job.Runner
	hints  *hints
	clock  shifted
	grace  time.Duration
	stop   func()
	actors map[string]identity.Actor
}

func migrate(ctx context.Context, d *db.DB) error {
	return errors.Join(job.Migrate(ctx, d), identity.Migrate(ctx, d), media.Migrate(ctx, d), Migrate(ctx, d))
}

// each runs fn on both engines, beside the other tests: most of a test's time is waiting for ticks.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, migrate, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

// one runs on SQLite only: for what touches no SQL of its own.
func one(t testing.TB) *world {
	t.Helper()
	return newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t), migrate))
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{clock: shifted{by: new(atomic.Int64)}, hints: &hints{}, grace: time.Minute, goods: newGoods(), outbox: &outbox{}, actors: map[string]identity.Actor{"visitor": {}}}
	w.users = identity.New(identity.Deps{DB: d, Clock: clock.Real{}, IDs: id.NewSource(time.Now), Outbox: w.outbox, Log: slog.New(slog.DiscardHandler),
		Hasher: identity.NewHasher(identity.HashCost{MemoryKiB: 64, Passes: 1}, 2, 1000)})
	blobs, err := blob.Open(context.Background(), "file:"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.begin(t, d, blobs)
	for _, name := range []string{"owner", "staff", "moderator", "stranger", "operator"} {
		w.person(t, name, name == "operator")
	}
	scope := identity.Scope{Kind: "channel", ID: channel}
	if err := w.users.Found(context.Background(), scope, w.actors["owner"].UserID); err != nil {
		t.Fatal(err)
	}
	for _, role := range []identity.Role{identity.Staff, identity.Moderator} {
		if _, err := w.users.SetMember(context.Background(), w.actors["owner"], scope, string(role)+"@hawker.test", role); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { w.stop() })
	return w
}

// begin starts a process on the database: as the program does, recovery first.
func (w *world) begin(t testing.TB, d *db.DB, blobs blob.Store) {
	t.Helper()
	log, ids := slog.New(slog.DiscardHandler), id.NewSource(time.Now)
	w.media = media.New(media.Deps{DB: d, Blobs: blobs, Clock: clock.Real{}, IDs: ids, Log: log, Grace: w.grace})
	w.jobs = job.New(job.Deps{DB: d, Clock: w.clock, IDs: ids, Log: log})
	w.Service = New(Deps{DB: d, Clock: w.clock, IDs: ids, Log: log, Outbox: w.outbox, Identity: w.users, Media: w.media, Products: w.goods, Follows: w.goods, Jobs: w.jobs, Hints: w.hints,
		PictureURL: func(asset string) string { return "/media/img/" + asset }})
	w.media.Listen(w.Service)
	ctx, cancel := context.WithCancel(context.Background())
	if err := errors.Join(w.media.CloseOrphans(ctx), w.Recover(ctx)); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func(s *Service) { served <- s.Run(ctx) }(w.Service)
	m := w.media
	w.stop = sync.OnceFunc(func() {
		m.Close()
		cancel()
		if err := <-served; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// restart ends the process and begins another. A crash loses what was not stored yet.
func (w *world) restart(t testing.TB, crash bool) {
	t.Helper()
	d, blobs := w.DB, w.media.Blobs
	if crash {
		w.Service.mu.Lock()
		w.Service.stop()
		w.Service.mu.Unlock()
		w.work.Wait()
		w.store.mu.Lock()
		w.store.ticks, w.store.talk = nil, nil
		w.store.mu.Unlock()
	}
	w.stop()
	w.begin(t, d, blobs)
}

func (w *world) person(t testing.TB, name string, operator bool) identity.Actor {
	t.Helper()
	u, err := w.users.CreateUser(context.Background(), identity.SignUp{Login: name + "@hawker.test", Name: name, Password: "correct horse", Operator: operator})
	if err != nil {
		t.Fatal(err)
	}
	a := identity.Actor{UserID: u.ID, Name: name, Operator: operator}
	w.actors[name] = a
	return a
}

func (w *world) owner() identity.Actor { return w.actors["owner"] }

// film is what a publisher sends: a second of pictures and sound.
type film struct {
	tracks  []av.Track
	samples []av.Sample
}

var (
	shot     film
	shooting sync.Mutex
	errShot  = errors.New("enough film")
)

func (f *film) Tracks(tracks []av.Track) error { f.tracks = tracks; return nil }
func (f *film) Close(error)                    {}
func (f *film) Write(s av.Sample) error {
	if s.Track == av.VideoID && s.DTS >= 90000 {
		return errShot
	}
	f.samples = append(f.samples, s)
	return nil
}

// instant is a clock on which waiting takes no time.
type instant struct{ clock.Real }

func (instant) After(time.Duration) <-chan time.Time {
	ch := make(chan time.Time, 1)
	ch <- time.Time{}
	return ch
}

func newFilm(t testing.TB) *film {
	t.Helper()
	shooting.Lock()
	defer shooting.Unlock()
	if len(shot.samples) > 0 {
		return &shot
	}
	file, err := os.Open(mp4test.File(t, "plain.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	movie, err := mp4.Parse(file, st.Size())
	if err != nil {
		t.Fatal(err)
	}
	if err := source.Loop(context.Background(), movie, file, instant{}, &shot); !errors.Is(err, errShot) {
		t.Fatal(err)
	}
	return &shot
}

// publish brings a channel on air.
func (w *world) publish(t testing.TB, channelID string) av.Sink {
	t.Helper()
	key, err := w.media.RotateKey(context.Background(), channelID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.media.Publish(context.Background(), key, "rtmp")
	if err != nil {
		t.Fatal(err)
	}
	roll(t, p)
	return p
}

func roll(t testing.TB, p av.Sink) {
	t.Helper()
	f := newFilm(t)
	if err := p.Tracks(f.tracks); err != nil {
		t.Fatal(err)
	}
	for _, s := range f.samples {
		s.Data = bytes.Clone(s.Data)
		if err := p.Write(s); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) prepare(t testing.TB, products ...string) Room {
	t.Helper()
	r, err := w.Prepare(context.Background(), w.owner(), channel, Draft{Title: "今晚上新", ProductIDs: products, Record: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// live puts a room with three products on air.
func (w *world) live(t testing.TB) Room {
	t.Helper()
	w.publish(t, channel)
	r, err := w.Start(context.Background(), w.owner(), w.prepare(t, "prd_1", "prd_2", "prd_3").ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// goods is the shop: what stands on shelves, and what may be sold.
type goods struct {
	mu    sync.Mutex
	items map[string]timeline.Item
	fault error
	block chan struct{} // reading waits for it
	reads int
	// when followers came
	followed []int64
}

func newGoods() *goods {
	g := &goods{items: map[string]timeline.Item{}}
	for i := range MaxShelf + 1 {
		v := fmt.Sprintf("prd_%d", i+1)
		g.items[v] = timeline.Item{ProductID: v, Title: "碗 " + v, Price: 4900, Left: 10, State: "on"}
	}
	return g
}

func (g *goods) set(id string, change func(*timeline.Item)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	it := g.items[id]
	change(&it)
	g.items[id] = it
}

func (g *goods) ShelfItems(ctx context.Context, ids []string) (map[string]timeline.Item, error) {
	g.mu.Lock()
	block := g.block
	g.reads++
	g.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fault != nil {
		return nil, g.fault
	}
	out := map[string]timeline.Item{}
	for _, v := range ids {
		if it, ok := g.items[v]; ok {
			out[v] = it
		}
	}
	return out, nil
}

func (g *goods) Sellable(_ context.Context, _ identity.Actor, _ string, ids []string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, v := range ids {
		if _, ok := g.items[v]; !ok {
			return errs.New(errs.Denied, "not_sellable", "this product is not yours to sell here")
		}
	}
	return nil
}

// follow adds followers who come now.
func (g *goods) follow(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for range n {
		g.followed = append(g.followed, time.Now().UnixMilli())
	}
}

func (g *goods) FollowsSince(_ context.Context, _ string, since int64) (n int64, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, at := range g.followed {
		if at >= since {
			n++
		}
	}
	return n, nil
}

// shifted is the machine's clock, moved ahead by what a test says.
type shifted struct {
	clock.Real
	by *atomic.Int64 // ms
}

func (c shifted) Now() time.Time {
	return c.Real.Now().Add(time.Duration(c.by.Load()) * time.Millisecond)
}

// hints counts what was published, by subject.
type hints struct {
	mu   sync.Mutex
	sent map[string]int
}

func (h *hints) Publish(subject string, _ []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sent == nil {
		h.sent = map[string]int{}
	}
	h.sent[subject]++
	return nil
}

func (h *hints) count(subject string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sent[subject]
}

// outbox keeps the facts that were told.
type outbox struct {
	mu    sync.Mutex
	facts []event.Fact
}

func (o *outbox) Emit(ctx context.Context, f event.Fact) error {
	db.AfterCommit(ctx, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.facts = append(o.facts, f)
	})
	return nil
}

func (o *outbox) count(subject string) (n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.facts {
		if f.Subject() == subject {
			n++
		}
	}
	return n
}

// viewer walks a room's chain of ticks and keeps the state.
type viewer struct {
	state timeline.Keyframe
	at    *Sealed
	leave func()
}

func (w *world) join(t testing.TB, roomID, name string) *viewer {
	t.Helper()
	key, at, leave, err := w.Join(roomID, name, FromFeed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(leave)
	v := &viewer{at: at, leave: leave}
	if err := json.Unmarshal(key.Body, &v.state); err != nil {
		t.Fatal(err)
	}
	return v
}

// next is the following tick.
func (v *viewer) next(t testing.TB) timeline.Tick {
	t.Helper()
	select {
	case <-v.at.Next:
	case <-time.After(5 * time.Second):
		t.Fatalf("no tick after %d", v.at.Tick.N)
	}
	v.at = v.at.Following()
	v.state.Fold(v.at.Tick)
	return v.at.Tick
}

// hears reads on until an event of the kind.
func (v *viewer) hears(t testing.TB, kind string) timeline.Event {
	t.Helper()
	for range 40 {
		for _, e := range v.next(t).Events {
			if e.T == kind {
				return e
			}
		}
	}
	t.Fatalf("no %s event", kind)
	return timeline.Event{}
}

func refused(t testing.TB, err error, kind errs.Kind, code string) {
	t.Helper()
	if errs.KindOf(err) != kind || errs.CodeOf(err) != code {
		t.Fatalf("got %v (%s %q), want %s %q", err, errs.KindOf(err), errs.CodeOf(err), kind, code)
	}
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(8 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("in vain: " + what)
		}
	}
}

func must[T any](t testing.TB) func(v T, err error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (w *world) sound(t testing.TB) {
	t.Helper()
	w.store.flush(context.Background())
	if breaks := must[[]Break](t)(w.Audit(context.Background())); len(breaks) > 0 {
		t.Fatalf("audit: %v", breaks)
	}
}
