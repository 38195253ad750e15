package identity_test

import (
	"strings"
	"testing"

	"github.com/hawker-live/hawker/internal/identity"
)

func TestSignUp_OpensAnAccountAndASession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		u, token, err := w.SignUp(w.ctx, identity.SignUp{Login: " Mei@Example.org ", Name: " 阿梅 ", Password: password, Locale: "en"}, identity.Browser{Agent: "agent"})
		w.ok(err)
		if u.Login != "mei@example.org" || u.Name != "阿梅" || u.Locale != "en" || u.State != identity.Active || u.Operator {
			t.Errorf("opened %+v", u)
		}
		a, err := w.Resolve(w.ctx, token)
		w.ok(err)
		if a.UserID != u.ID || a.Name != "阿梅" || a.Operator || a.SessionID == "" {
			t.Errorf("acts as %+v", a)
		}
		if len(w.facts) != 1 || w.facts[0].Subject() != "identity.user_signed_up" {
			t.Errorf("facts %v", w.facts)
		}
		if n, err := w.CountUsers(w.ctx); err != nil || n != 1 {
			t.Errorf("%d users, %v", n, err)
		}
	})
}

func TestSignUp_Refusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.open("taken")
		good := identity.SignUp{Login: "mei", Name: "Mei", Password: password}
		for _, tc := range []struct {
			code   string
			change func(in *identity.SignUp)
		}{
			{"login_taken", func(in *identity.SignUp) { in.Login = "TAKEN" }},
			{"login_invalid", func(in *identity.SignUp) { in.Login = "ab" }},
			{"login_invalid", func(in *identity.SignUp) { in.Login = "has space" }},
			{"login_invalid", func(in *identity.SignUp) { in.Login = strings.Repeat("a", 65) }},
			{"name_invalid", func(in *identity.SignUp) { in.Name = "  " }},
			{"name_invalid", func(in *identity.SignUp) { in.Name = strings.Repeat("梅", identity.MaxName+1) }},
			{"password_short", func(in *identity.SignUp) { in.Password = "1234567" }},
			{"password_short", func(in *identity.SignUp) { in.Password = strings.Repeat("x", identity.MaxPassword+1) }},
		} {
			in := good
			tc.change(&in)
			_, token, err := w.SignUp(w.ctx, in, identity.Browser{Agent: "agent"})
			w.refused(err, tc.code)
			if token != "" {
				t.Errorf("%s came with a session", tc.code)
			}
		}
		if n, _ := w.CountUsers(w.ctx); n != 1 || len(w.facts) != 1 {
			t.Errorf("refusals left %d users and %d facts", n, len(w.facts))
		}
	})
}

func TestSignUp_ALoginIsGivenOnceAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		got := atOnce(6, func(int) error {
			_, _, err := w.SignUp(w.ctx, identity.SignUp{Login: "wanted", Name: "x", Password: password}, identity.Browser{Agent: "agent"})
			return err
		})
		if got[""] != 1 || got["login_taken"] != 5 || len(w.facts) != 1 {
			t.Errorf("outcomes %v, %d facts", got, len(w.facts))
		}
	})
}

func TestUpdateMe_ChangesOnlyWhatIsNamed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, _ := w.open("mei")
		bio, locale, avatar := " 卖茶 ", "en", "img_1"
		_, err := w.UpdateMe(w.ctx, a, identity.Update{Bio: &bio, Locale: &locale, Avatar: &avatar})
		w.ok(err)
		u, err := w.User(w.ctx, a.UserID)
		w.ok(err)
		if u.Name != "mei" || u.Bio != "卖茶" || u.Locale != "en" || u.Avatar != "img_1" {
			t.Errorf("changed to %+v", u)
		}
		cards, err := w.CardsByID(w.ctx, []string{a.UserID, a.UserID, "", "usr_none"})
		w.ok(err)
		if len(cards) != 1 || cards[a.UserID] != (identity.Card{ID: a.UserID, Name: "mei", Avatar: "img_1"}) {
			t.Errorf("cards %v", cards)
		}
		empty, long, odd := " ", strings.Repeat("茶", identity.MaxBio+1), "xx"
		_, err = w.UpdateMe(w.ctx, a, identity.Update{Name: &empty})
		w.refused(err, "name_invalid")
		_, err = w.UpdateMe(w.ctx, a, identity.Update{Bio: &long})
		w.refused(err, "bio_long")
		_, err = w.UpdateMe(w.ctx, identity.Actor{}, identity.Update{Bio: &bio})
		w.refused(err, "sign_in_required")
		if u, err = w.UpdateMe(w.ctx, a, identity.Update{Locale: &odd}); err != nil || u.Locale != "en" {
			t.Errorf("an unknown language gives %q, %v", u.Locale, err)
		}
	})
}

func TestSuspend_EndsEverySessionUntilTheRestore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		op := w.operator("ops")
		mei, token := w.open("mei")
		other := w.enter("mei")
		_, err := w.Suspend(w.ctx, mei, op.UserID, "x")
		w.refused(err, "operator_only")
		_, err = w.Suspend(w.ctx, identity.Actor{}, mei.UserID, "x")
		w.refused(err, "sign_in_required")
		_, err = w.Suspend(w.ctx, op, op.UserID, "x")
		w.refused(err, "suspend_self")
		_, err = w.Suspend(w.ctx, op, "usr_none", "x")
		w.refused(err, "user_not_found")
		_, err = w.Restore(w.ctx, op, mei.UserID)
		w.refused(err, "user_state")

		got := atOnce(4, func(int) error {
			_, err := w.Suspend(w.ctx, op, mei.UserID, "spam")
			return err
		})
		if got[""] != 1 || got["user_state"] != 3 {
			t.Errorf("four suspensions at once: %v", got)
		}
		for _, tk := range []string{token, other} {
			_, err := w.Resolve(w.ctx, tk)
			w.refused(err, "session_ended")
		}
		_, _, err = w.SignIn(w.ctx, "mei", password, identity.Browser{Agent: "agent"})
		w.refused(err, "account_suspended")
		_, _, err = w.SignIn(w.ctx, "mei", "wrong horse", identity.Browser{Agent: "agent"})
		w.refused(err, "sign_in_failed") // the state is told to its owner only

		_, err = w.Restore(w.ctx, mei, mei.UserID)
		w.refused(err, "operator_only")
		u, err := w.Restore(w.ctx, op, mei.UserID)
		w.ok(err)
		if u.State != identity.Active || u.SuspendedReason != "" {
			t.Errorf("restored %+v", u)
		}
		_, err = w.Resolve(w.ctx, token)
		w.refused(err, "session_ended") // the old session stays ended
		if _, err := w.Resolve(w.ctx, w.enter("mei")); err != nil {
			t.Errorf("signing in after the restore: %v", err)
		}
		suspended := 0
		for _, f := range w.facts {
			if f.Subject() == "identity.user_suspended" {
				suspended++
			}
		}
		if suspended != 1 {
			t.Errorf("%d facts of one suspension", suspended)
		}
	})
}

func TestUsers_AreListedForOperatorsByPart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		op := w.operator("ops")
		mei, _ := w.open("mei_one")
		w.open("mei-two")
		for query, want := range map[string]int{"": 3, "MEI": 2, "mei_": 1, "%": 0, "nobody": 0} {
			list, err := w.Users(w.ctx, op, query, "", 10)
			w.ok(err)
			if len(list) != want {
				t.Errorf("%q finds %d, want %d", query, len(list), want)
			}
		}
		page, err := w.Users(w.ctx, op, "", "", 2)
		w.ok(err)
		rest, err := w.Users(w.ctx, op, "", page[1].ID, 2)
		w.ok(err)
		if len(page) != 2 || page[0].Login != "mei-two" || len(rest) != 1 || rest[0].ID != op.UserID {
			t.Errorf("pages %v, %v", page, rest)
		}
		_, err = w.Users(w.ctx, mei, "", "", 10)
		w.refused(err, "operator_only")
	})
}
