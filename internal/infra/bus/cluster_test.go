package bus_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/hawker-live/hawker/internal/infra/bus"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

const (
	clusterSize = 3
	// patience is for what should take milliseconds, or one reconnect, on a machine that is busy.
	patience = 20 * time.Second
)

// cluster is three brokers on loopback. One that was stopped comes back on its old ports.
type cluster struct {
	t       *testing.T
	servers [clusterSize]*server.Server
	clients [clusterSize]int // ports
	routes  [clusterSize]int
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{t: t}
	for i := range clusterSize {
		c.clients[i], c.routes[i] = server.RANDOM_PORT, server.RANDOM_PORT
		c.start(i)
	}
	t.Cleanup(c.stopAll)
	return c
}

func (c *cluster) start(i int) {
	c.t.Helper()
	o := &server.Options{
		ServerName: fmt.Sprint("n", i), Host: "127.0.0.1", Port: c.clients[i], NoSigs: true, NoLog: true,
		Cluster: server.ClusterOpts{Name: "hawker", Host: "127.0.0.1", Port: c.routes[i]},
	}
	for _, port := range c.routes {
		if port != server.RANDOM_PORT && port != c.routes[i] {
			o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: fmt.Sprint("127.0.0.1:", port)})
		}
	}
	s, err := server.NewServer(o)
	if err != nil {
		c.t.Fatal(err)
	}
	c.servers[i] = s
	go s.Start()
	if !s.ReadyForConnections(patience) {
		c.t.Fatalf("broker %d did not start", i)
	}
	c.clients[i], c.routes[i] = s.Addr().(*net.TCPAddr).Port, s.ClusterAddr().Port
}

func (c *cluster) stop(i int) {
	if c.servers[i] == nil {
		return
	}
	c.servers[i].Shutdown()
	c.servers[i].WaitForShutdown()
	c.servers[i] = nil
}

func (c *cluster) stopAll() {
	var wg sync.WaitGroup
	for i := range clusterSize {
		wg.Go(func() { c.stop(i) })
	}
	wg.Wait()
}

func (c *cluster) url(i int) string { return fmt.Sprint("nats://127.0.0.1:", c.clients[i]) }

func TestCluster_LosesNoFactWhateverHappensToTheBrokers(t *testing.T) {
	for name, databaseURL := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			c := startCluster(t)
			p := openPair(t, c, databaseURL(t))
			p.emit(0, 1)
			p.arrived("start", true)
			p.linked("start")

			p.emit(0, 100)
			p.arrived("first node emits", false)
			p.emit(1, 100)
			p.arrived("second node emits", false)
			p.hints()

			p.emit(0, 30)
			c.stop(0) // the first node's own; it knows the others from the cluster
			p.emit(0, 30)
			p.emit(1, 30)
			p.arrived("one broker gone", true)
			p.linked("one broker gone")
			p.emit(0, 30)
			p.arrived("first node moved to another broker", false)

			c.stopAll()
			p.emit(1, 30)
			p.emit(0, 30)
			p.arrived("all brokers gone", true)
			heard := p.withoutBroker()

			for i := range clusterSize {
				c.start(i)
			}
			p.knock("brokers are back", 0, "live.outage", heard)
			p.linked("brokers are back")
			p.emit(0, 30)
			p.emit(1, 30)
			p.arrived("brokers are back", false)
		})
	}
}

func TestCluster_TwoNodesEmitAtOnce(t *testing.T) {
	c := startCluster(t)
	d := dbtest.Open(t, dbtest.PostgresURL(t), bus.Migrate)
	var nodes []*bus.Bus
	var got inbox // of a third node, whose url names a dead broker first
	c.stop(2)
	for i, u := range []string{c.url(0), c.url(1), c.url(2) + "," + strings.TrimPrefix(c.url(1), "nats://")} {
		b, err := bus.Open(context.Background(), u, bus.Deps{DB: d, Clock: clock.Real{}, IDs: newIDs()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(b.Close)
		if i == 2 {
			b.Consume("c", nil, got.take)
		}
		run(t, b)
		nodes = append(nodes, b)
	}
	const each = 200
	var wg sync.WaitGroup
	for k := range 2 {
		wg.Go(func() {
			for n := range each {
				emit(t, d, nodes[k], sold{N: k*block + n})
			}
		})
	}
	wg.Wait()
	settle(t, nodes[2])
	inOrder(t, "both emitted", got.events(), [2]int{each, each})
}
