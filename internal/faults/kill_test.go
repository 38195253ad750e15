package faults

import (
	"os"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

const (
	// firstOrderWithin is how soon a killed shop sells again. The machine may be busy with other tests, so that
	// T1 only asks for a multiple; the figure itself stands in the evidence.
	firstOrderWithin = 3 * time.Second
	busyMachine      = 10
)

// Killed at any moment of a flash sale, a shop keeps every order and cancel it acknowledged, and sells again.
func TestKill_ABareShopLosesNothing(t *testing.T) {
	for name, g := range map[string]struct {
		url    string
		cycles int
	}{"sqlite": {dbtest.SQLiteURL(t), scale(70, 300)}, "postgres": {dbtest.PostgresURL(t), scale(30, 150)}} {
		t.Run(name, func(t *testing.T) {
			killOften(t, name, prepare(t, g.url), g.cycles)
		})
	}
}

func killOften(t *testing.T, name string, g *ground, cycles int) {
	r, seed := chance(t)
	// A kill within the first orders and one in the middle of full batches are both wanted.
	most := 100 * time.Millisecond
	if os.Getenv(soakFor) != "" {
		most = time.Second
	}
	var slowest time.Duration
	for n := range cycles {
		p := startShop(t, g.url, g.sku)
		slowest = max(slowest, p.warm(t, busyMachine*firstOrderWithin))
		time.Sleep(between(r, most))
		p.kill()
		g.judge(t, p.heard, n == cycles-1 || n%50 == 49)
		if t.Failed() {
			t.Fatalf("cycle %d of %d", n, cycles)
		}
	}
	evidence(t, "kill -9 in a flash sale, bare shop, "+name, cycles, seed, "%d acknowledged, 0 lost; slowest restart to first order %d ms", g.sold, slowest.Milliseconds())
}
