package identity_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

// try signs in from an address and gives the code of the refusal, "" for a session.
func (w *world) try(login, word, addr string) string {
	_, _, err := w.SignIn(w.ctx, login, word, identity.Browser{Agent: "agent", Addr: addr})
	return errs.CodeOf(err)
}

func TestSignIn_GuessingIsSlowPerNameAndAddress(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.open("mei")
		for _, login := range []string{"mei", "nobody"} { // the same, whether or not the name exists
			failed := 0
			for w.try(login, "wrong horse", "192.0.2.1") == "sign_in_failed" {
				failed++
			}
			if failed != 8 {
				t.Errorf("%s: %d tries before the first wait, want 8", login, failed)
			}
		}
		_, _, err := w.SignIn(w.ctx, "MEI", password, identity.Browser{Addr: "192.0.2.1"})
		if e := errs.CodeOf(err); e != "sign_in_rate" {
			t.Errorf("the right password during the wait, in other letters: %q", e)
		}
		if code := w.try("mei", password, "192.0.2.2"); code != "" {
			t.Errorf("its owner elsewhere: %s", code)
		}
		w.clock.Advance(time.Minute + time.Second)
		if code := w.try("mei", "wrong horse", "192.0.2.1"); code != "sign_in_failed" {
			t.Errorf("a minute later: %s", code)
		}
		if code := w.try("mei", "wrong horse", "192.0.2.1"); code != "sign_in_rate" {
			t.Errorf("and a second one: %s", code)
		}
	})
}

func TestSignIn_ManyNamesFromOneAddressAndManyAddressesAtOneName(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.open("mei")
		n := 0
		for w.try(fmt.Sprintf("name-%d", n), "wrong horse", "192.0.2.1") == "sign_in_failed" {
			n++
		}
		if n != 60 {
			t.Errorf("%d names were tried from one address, want 60", n)
		}
		for n = 0; w.try("mei", "wrong horse", fmt.Sprintf("198.51.100.%d", n)) == "sign_in_failed"; n++ {
		}
		if n != 60 {
			t.Errorf("%d addresses tried one name, want 60", n)
		}
	})
}

func TestSignIn_SuccessIsNeverCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.open("mei")
		for range 100 {
			if code := w.try("mei", password, "192.0.2.1"); code != "" {
				t.Fatalf("a right password: %s", code)
			}
		}
	})
}

func TestSignIn_AThousandGuessesAtOnceAreAllCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		got := atOnce(1000, func(int) error {
			_, _, err := w.SignIn(w.ctx, "mei", "wrong horse", identity.Browser{Addr: "192.0.2.1"})
			return err
		})
		if got["sign_in_failed"] > 8 || got["sign_in_failed"]+got["sign_in_rate"]+got["sign_in_busy"] != 1000 {
			t.Errorf("outcomes of a thousand guesses at once: %v", got)
		}
	})
}

// How long an answer takes must not tell whether a name exists. Both kinds are tried in turn, so that a
// busy machine slows both; the medians are compared, and a disturbed round gets two more chances.
func TestSignIn_UnknownNamesTakeAsLong(t *testing.T) {
	w := &world{t: t, ctx: t.Context(), clock: clock.NewFake(time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC))}
	d := dbtest.Open(t, dbtest.SQLiteURL(t), identity.Migrate)
	w.Service = identity.New(identity.Deps{DB: d, Clock: w.clock, IDs: id.NewSource(w.clock.Now), Outbox: w, Hasher: identity.NewHasher(identity.StandardCost, 1, 1)})
	w.open("mei")
	const tries, rounds, most = 25, 3, 0.05
	median := func(list []time.Duration) time.Duration { slices.Sort(list); return list[len(list)/2] }
	apart := 1.0
	for range rounds {
		took := map[string][]time.Duration{}
		for range tries {
			for _, login := range []string{"mei", "nobody"} {
				w.clock.Advance(time.Hour) // no limit of guessing is met
				start := time.Now()
				if code := w.try(login, "wrong horse", "192.0.2.1"); code != "sign_in_failed" {
					t.Fatal(code)
				}
				took[login] = append(took[login], time.Since(start))
			}
		}
		known, unknown := median(took["mei"]), median(took["nobody"])
		apart = float64((known - unknown).Abs()) / float64(known)
		t.Logf("known name %v, unknown name %v: %.1f %% apart", known, unknown, apart*100)
		if apart <= most {
			return
		}
	}
	t.Errorf("known and unknown names are %.1f %% apart in %d rounds of %d", apart*100, rounds, tries)
}
