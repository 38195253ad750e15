package identity_test

import (
	"errors"
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

// newcomer signs up from an address and gives the code of the refusal, "" for an account.
func (w *world) newcomer(login, addr string) string {
	_, _, err := w.SignUp(w.ctx, identity.SignUp{Login: login, Name: "new", Password: password}, identity.Browser{Agent: "agent", Addr: addr})
	return errs.CodeOf(err)
}

func TestSignUp_OneAddressOpensOnlySoManyAccountsAnHour(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.SignUps = 30
		opened := 0
		for w.newcomer(fmt.Sprintf("pupil-%d", opened), "192.0.2.1") == "" {
			opened++
		}
		if opened != 30 {
			t.Errorf("%d accounts before the first wait, want 30", opened)
		}
		_, _, err := w.SignUp(w.ctx, identity.SignUp{Login: "late", Name: "new", Password: password}, identity.Browser{Addr: "192.0.2.1"})
		var e *errs.Error
		if !errors.As(err, &e) || e.Code != "sign_up_rate" || e.Kind != errs.TooMany || e.RetryAfterMS < 1 || e.RetryAfterMS > 2*60_000+1 {
			t.Errorf("the refusal is %+v", err)
		}
		if _, err := w.UserByLogin(w.ctx, "late"); errs.CodeOf(err) != "user_not_found" {
			t.Errorf("the refused account: %v", err)
		}
		if code := w.newcomer("elsewhere", "192.0.2.2"); code != "" {
			t.Errorf("another address: %s", code)
		}
		if code := w.try("pupil-1", password, "192.0.2.1"); code != "" {
			t.Errorf("signing in at that address: %s", code)
		}
		w.clock.Advance(2*time.Minute + time.Second)
		if code := w.newcomer("late", "192.0.2.1"); code != "" {
			t.Errorf("two minutes later: %s", code)
		}
		w.clock.Advance(time.Hour)
		for opened = 0; w.newcomer(fmt.Sprintf("second-hour-%d", opened), "192.0.2.1") == ""; opened++ {
		}
		if opened != 30 {
			t.Errorf("%d accounts in the next hour, want 30", opened)
		}
	})
}

func TestSignUp_WhatOpensNoAccountIsNotCountedUnlessItTellsOfANameInUse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.SignUps = 10
		for range 50 {
			if code := w.newcomer("!", "192.0.2.1"); code != "login_invalid" {
				t.Fatalf("an invalid login: %s", code)
			}
		}
		if code := w.newcomer("mei", "192.0.2.1"); code != "" {
			t.Fatal(code)
		}
		taken := 0
		for w.newcomer("mei", "192.0.2.1") == "login_taken" {
			taken++
		}
		if taken != 9 {
			t.Errorf("%d tries of names in use, want 9 beside the account", taken)
		}
		w.SignUps = 0
		if code := w.newcomer("lan", "192.0.2.1"); code != "" {
			t.Errorf("a site without the limit: %s", code)
		}
	})
}

func TestSignUp_AThousandAtOnceOpenNoMoreThanAllowed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.SignUps = 20
		got := atOnce(1000, func(i int) error {
			_, _, err := w.SignUp(w.ctx, identity.SignUp{Login: fmt.Sprintf("bot-%d", i), Name: "bot", Password: password}, identity.Browser{Addr: "192.0.2.1"})
			return err
		})
		if got[""] != 20 || got["sign_up_rate"] != 980 {
			t.Errorf("outcomes of a thousand sign-ups at once: %v", got)
		}
	})
}

// How long an answer takes must not tell whether a name exists. Both kinds are tried in turn, so that a
// busy machine slows both; other programs only ever add time, so the lower fifths are compared, which they
// disturb least, and a disturbed round gets five more chances: a difference in the work is in all of them.
func TestSignIn_UnknownNamesTakeAsLong(t *testing.T) {
	w := &world{t: t, ctx: t.Context(), clock: clock.NewFake(time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC))}
	d := dbtest.Open(t, dbtest.SQLiteURL(t), identity.Migrate)
	w.Service = identity.New(identity.Deps{DB: d, Clock: w.clock, IDs: id.NewSource(w.clock.Now), Outbox: w, Hasher: identity.NewHasher(identity.StandardCost, 1, 1)})
	w.open("mei")
	const tries, rounds, most = 25, 6, 0.05
	calm := func(list []time.Duration) time.Duration { slices.Sort(list); return list[len(list)/5] }
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
		known, unknown := calm(took["mei"]), calm(took["nobody"])
		apart = float64((known - unknown).Abs()) / float64(known)
		t.Logf("known name %v, unknown name %v: %.1f %% apart", known, unknown, apart*100)
		if apart <= most {
			return
		}
	}
	t.Errorf("known and unknown names are %.1f %% apart in %d rounds of %d", apart*100, rounds, tries)
}
