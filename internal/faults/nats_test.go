package faults

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

type sold struct {
	N int `json:"n"`
}

func (sold) Subject() string { return "shop.order_paid" }

// broker is a NATS server that can be wiped: a new one on the old port knows nothing.
type broker struct {
	t    *testing.T
	port int
	s    *server.Server
}

func (b *broker) start() {
	b.t.Helper()
	var err error
	if b.s, err = server.NewServer(&server.Options{Host: "127.0.0.1", Port: b.port, NoSigs: true, NoLog: true}); err != nil {
		b.t.Fatal(err)
	}
	b.s.Start()
	if !b.s.ReadyForConnections(20 * time.Second) {
		b.t.Fatal("the broker does not start")
	}
	if _, err := fmt.Sscanf(b.s.Addr().String(), "127.0.0.1:%d", &b.port); err != nil {
		b.t.Fatal(err)
	}
}

func (b *broker) wipe() { b.s.Shutdown(); b.s.WaitForShutdown() }

// The broker and all it knows are lost again and again while facts are made. Every fact arrives, in order: they
// live in SQL, and the consumer goes on from its cursor.
func TestNATS_WipedWhileFactsAreMade(t *testing.T) {
	br := &broker{t: t, port: server.RANDOM_PORT}
	br.start()
	defer func() { br.wipe() }()
	d := dbtest.Open(t, dbtest.SQLiteURL(t), bus.Migrate)
	b, err := bus.Open(t.Context(), fmt.Sprintf("nats://127.0.0.1:%d", br.port), bus.Deps{DB: d, Clock: clock.Real{}, IDs: id.NewSource(time.Now)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	r, seed := chance(t)
	c := count(t, "NATS wiped while facts are made", seed)
	var mu sync.Mutex
	var got []string
	b.Consume("counts", nil, func(_ context.Context, ev bus.Event) error {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, string(ev.Payload))
		return nil
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	made := 0
	for range c.rounds(scale(5, 60)) {
		br.wipe()
		for range 20 {
			made++
			if err := d.Tx(t.Context(), func(ctx context.Context) error { return b.Emit(ctx, sold{made}) }); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(between(r, 50*time.Millisecond))
		br.start()
	}
	settle, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	if err := b.Settle(settle); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if len(got) != made {
		t.Fatalf("%d facts of %d arrived", len(got), made)
	}
	for i, v := range got {
		if v != fmt.Sprintf(`{"n":%d}`, i+1) {
			t.Fatalf("fact %d is %s", i+1, v)
		}
	}
	c.say("%d facts, every one delivered once and in order", made)
}

// A consumer that knows nothing reads the whole past from SQL.
func TestNATS_AConsumerIsRebuiltFromSQL(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLiteURL(t), bus.Migrate)
	b, err := bus.Open(t.Context(), "embedded", bus.Deps{DB: d, Clock: clock.Real{}, IDs: id.NewSource(time.Now)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	c := count(t, "consumer rebuilt from SQL, "+string(db.SQLite), 0)
	c.n = 1
	facts, batch := scale(10_000, 1_000_000), 1_000
	ids := id.NewSource(time.Now)
	for n := 0; n < facts; n += batch {
		args := make([]any, 0, 5*batch)
		for i := range batch {
			args = append(args, ids.New("evt"), "shop.order_paid", fmt.Sprintf(`{"n":%d}`, n+i+1), time.Now().UnixMilli(), n+i+1)
		}
		if _, err := d.InsertMany(t.Context(), db.Insert{Into: `bus_outbox (id, subject, payload, at, seq)`, Cols: 5}, args); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Exec(t.Context(), `UPDATE bus_head SET seq = $1`, facts); err != nil {
		t.Fatal(err)
	}
	var last int64
	gaps := 0
	b.Consume("new", []string{"shop.*"}, func(_ context.Context, ev bus.Event) error {
		if ev.Seq != last+1 {
			gaps++
		}
		last = ev.Seq
		return nil
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	begun := time.Now()
	go func() { ended <- b.Run(ctx) }()
	settle, cancel := context.WithTimeout(t.Context(), 120*time.Second)
	defer cancel()
	if err := b.Settle(settle); err != nil {
		t.Fatal(err)
	}
	took := time.Since(begun)
	stop()
	if err := <-ended; err != nil || last != int64(facts) || gaps > 0 {
		t.Fatalf("read up to %d of %d with %d gaps, %v", last, facts, gaps, err)
	}
	var audited []bus.Break
	err = d.Snapshot(t.Context(), func(ctx context.Context) (err error) { audited, err = b.Audit(ctx); return err })
	if err != nil || len(audited) > 0 {
		t.Errorf("%v, %v", audited, err)
	}
	c.say("%d facts in %d ms", facts, took.Milliseconds())
}
