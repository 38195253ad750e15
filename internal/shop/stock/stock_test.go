package stock

import (
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"pgregory.net/rapid"
)

func TestCounter_NeverNegativeAndOnlyAdjustChangesStocked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Counter{Available: rapid.Int64Range(0, 50).Draw(t, "start")}
		want := c.Stocked()
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			n := rapid.Int64Range(1, 20).Draw(t, "n")
			var m Move
			switch rapid.IntRange(0, 5).Draw(t, "move") {
			case 0:
				m = Hold(n)
			case 1:
				m = Release(n)
			case 2:
				m = Sell(n)
			case 3:
				m = SellLate(n)
			case 4:
				m = Return(n)
			case 5:
				m = Adjust(n - 10)
			}
			next, err := c.Apply(m)
			if err != nil {
				if next != c {
					t.Fatal("a refusal changed the counter")
				}
				continue
			}
			want += m.Available + m.Held + m.Sold
			c = next
			if c.Available < 0 || c.Held < 0 || c.Sold < 0 || c.Stocked() != want {
				t.Fatalf("%+v after %+v, stocked should be %d", c, m, want)
			}
		}
	})
}

func TestCounter_RefusesWithWhatIsLeft(t *testing.T) {
	c := Counter{Available: 3}
	_, err := c.Apply(Hold(4))
	if errs.CodeOf(err) != "out_of_stock" {
		t.Fatal(err)
	}
	if _, err := c.Apply(Sell(1)); errs.KindOf(err) != errs.Internal {
		t.Fatal("units that nobody holds were sold")
	}
	if _, err := c.Apply(Adjust(-4)); errs.CodeOf(err) != "out_of_stock" {
		t.Fatal("available went below zero")
	}
	if _, err := c.Apply(Adjust(MaxUnits)); errs.CodeOf(err) != "stock_too_large" {
		t.Fatal("no upper bound")
	}
}
