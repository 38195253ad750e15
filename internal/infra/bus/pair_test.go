package bus_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// pair is two nodes of Hawker at different brokers: each reads, as a consumer, all that both emit.
// Their clock stands still, so that nothing polls unless the test says so.
type pair struct {
	t     *testing.T
	clock *clock.Fake
	dbs   [2]*db.DB
	nodes [2]*bus.Bus
	inbox [2]inbox
	sent  [2]int // facts, by node
	probe int
}

func openPair(t *testing.T, c *cluster, databaseURL string) *pair {
	t.Helper()
	p := &pair{t: t, clock: clock.NewFake(time.UnixMilli(1e12))}
	for i := range p.nodes {
		p.dbs[i] = dbtest.Open(t, databaseURL, bus.Migrate)
		b, err := bus.Open(context.Background(), c.url(i), bus.Deps{DB: p.dbs[i], Clock: p.clock, IDs: id.NewSource(time.Now)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(b.Close)
		b.Consume(fmt.Sprint("reader", i), []string{"shop.*"}, p.inbox[i].take)
		p.nodes[i] = b
		run(t, b)
	}
	return p
}

// block keeps the numbers of the nodes' facts apart.
const block = 1_000_000

// emit sends n facts from a node, in transactions of three.
func (p *pair) emit(node, n int) {
	p.t.Helper()
	for end := p.sent[node] + n; p.sent[node] < end; {
		var facts []event.Fact
		for ; len(facts) < 3 && p.sent[node] < end; p.sent[node]++ {
			facts = append(facts, sold{N: node*block + p.sent[node]})
		}
		emit(p.t, p.dbs[node], p.nodes[node], facts...)
	}
}

// arrived waits until both readers have everything and checks that it came once and in order. With
// poll the clock moves; without, only the brokers' hints can have carried the news.
func (p *pair) arrived(stage string, poll bool) {
	p.t.Helper()
	sent := p.sent[0] + p.sent[1]
	done := func() bool { return len(p.inbox[0].events()) >= sent && len(p.inbox[1].events()) >= sent }
	for deadline := time.Now().Add(patience); !done(); {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: %d and %d of %d facts arrived", stage, len(p.inbox[0].events()), len(p.inbox[1].events()), sent)
		}
		if poll {
			p.clock.Advance(time.Second) // one poll; a lease lives for six
		}
		for soon := time.Now().Add(100 * time.Millisecond); !done() && time.Now().Before(soon); {
			time.Sleep(2 * time.Millisecond)
		}
	}
	first := p.inbox[0].events()
	inOrder(p.t, stage, first, p.sent)
	for i, ev := range p.inbox[1].events() {
		if ev.ID != first[i].ID {
			p.t.Fatalf("%s: the readers disagree about place %d", stage, i)
		}
	}
}

// inOrder checks that evs are the facts 0…sent-1 of each node, each once, in the order of that node.
func inOrder(t *testing.T, stage string, evs []bus.Event, sent [2]int) {
	t.Helper()
	var next [2]int
	for i, n := range numbers(t, evs) {
		node := n / block
		if n%block != next[node] || evs[i].Seq != int64(i)+1 {
			t.Fatalf("%s: fact %d of node %d, seq %d, came at place %d, where its fact %d was due", stage, n%block, node, evs[i].Seq, i, next[node])
		}
		next[node]++
	}
	if next != sent {
		t.Fatalf("%s: %v facts of the nodes arrived, want %v", stage, next, sent)
	}
}

// linked waits until hints cross from each node to the other.
func (p *pair) linked(stage string) {
	p.t.Helper()
	for from := range p.nodes {
		p.probe++
		subject, heard := fmt.Sprint("live.probe.p", p.probe), make(chan struct{}, 1)
		cancel, err := p.nodes[1-from].Subscribe(subject, func(string, []byte) {
			select {
			case heard <- struct{}{}:
			default:
			}
		})
		if err != nil {
			p.t.Fatalf("%s: %v", stage, err)
		}
		p.knock(stage, from, subject, heard)
		cancel()
	}
}

// knock publishes until it is heard: interest needs a moment to spread over the cluster.
func (p *pair) knock(stage string, from int, subject string, heard <-chan struct{}) {
	p.t.Helper()
	deadline, again := time.After(patience), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for {
		if err := p.nodes[from].Publish(subject, []byte("k")); err != nil {
			p.t.Fatalf("%s: %v", stage, err)
		}
		select {
		case <-heard:
			return
		case <-deadline:
			p.t.Fatalf("%s: no hint of node %d reached the other", stage, from)
		case <-again.C:
		}
	}
}

// hints sends numbered hints across and checks that all come, in order.
func (p *pair) hints() {
	p.t.Helper()
	const many = 500
	got := make(chan string, many+1)
	cancel, err := p.nodes[1].Subscribe("live.tick.*", func(_ string, data []byte) { got <- string(data) })
	if err != nil {
		p.t.Fatal(err)
	}
	defer cancel()
	p.linked("before the ticks") // interest spreads in order, so that of the ticks has arrived too
	for n := range many {
		if err := p.nodes[0].Publish("live.tick.r1", fmt.Append(nil, n)); err != nil {
			p.t.Fatal(err)
		}
	}
	for n := range many {
		select {
		case s := <-got:
			if s != fmt.Sprint(n) {
				p.t.Fatalf("hint %s came at place %d", s, n)
			}
		case <-time.After(patience):
			p.t.Fatalf("hint %d did not come", n)
		}
	}
}

// withoutBroker uses the hints of both nodes while every broker is away: nothing may fail or wait.
// What it subscribed on the second node is told to heard.
func (p *pair) withoutBroker() <-chan struct{} {
	p.t.Helper()
	heard := make(chan struct{}, 1)
	began := time.Now()
	_, err := p.nodes[1].Subscribe("live.outage", func(_ string, data []byte) {
		if string(data) == "k" {
			select {
			case heard <- struct{}{}:
			default:
			}
		}
	})
	if err != nil {
		p.t.Fatalf("subscribe without a broker: %v", err)
	}
	if d := time.Since(began); d > 2*time.Second {
		p.t.Errorf("subscribing without a broker took %s", d)
	}
	for range 50 { // far more than is kept for the broker's return
		if err := p.nodes[0].Publish("live.flood", make([]byte, 100<<10)); err != nil {
			p.t.Fatalf("publish without a broker: %v", err)
		}
	}
	if err := p.nodes[0].Publish("live.flood", make([]byte, 1<<20+1)); err == nil {
		p.t.Error("published more than 1 MiB")
	}
	return heard
}
