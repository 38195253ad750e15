package faults

import (
	"math/rand/v2"
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
	}{"sqlite": {dbtest.SQLiteURL(t), scale(70, 400)}, "postgres": {dbtest.PostgresURL(t), scale(30, 200)}} {
		t.Run(name, func(t *testing.T) {
			killOften(t, name, prepare(t, g.url), g.cycles)
		})
	}
}

func killOften(t *testing.T, name string, g *ground, cycles int) {
	r, seed := chance(t)
	c := count(t, "kill -9 in a flash sale, bare shop, "+name, seed)
	var slowest time.Duration
	for n := range c.rounds(cycles) {
		p := startShop(t, g.url, g.sku)
		slowest = max(slowest, p.warm(t, busyMachine*firstOrderWithin))
		time.Sleep(moment(r))
		p.kill()
		g.judge(t, p.heard, n%50 == 49)
		if t.Failed() {
			t.Fatalf("cycle %d of %d", n, cycles)
		}
	}
	g.judge(t, &acks{}, true)
	c.say("%d acknowledged, 0 lost; slowest restart to first order %d ms", g.sold, slowest.Milliseconds())
}

// moment is when a kill comes after the first order. Most come within the first batches, where starting and
// writing meet; in a soak one of sixteen comes in the middle of a long sale.
func moment(r *rand.Rand) time.Duration {
	if os.Getenv(soakFor) != "" && r.IntN(16) == 0 {
		return between(r, time.Second)
	}
	return between(r, 60*time.Millisecond)
}
