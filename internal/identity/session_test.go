package identity_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

func TestSignIn_TheRightPasswordOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.open("mei")
		_, token, err := w.SignIn(w.ctx, "MEI ", password, identity.Browser{Agent: strings.Repeat("agent ", 100)})
		w.ok(err)
		a, err := w.Resolve(w.ctx, token)
		w.ok(err)
		list, err := w.Sessions(w.ctx, a)
		w.ok(err)
		if len(list) != 2 || list[0].ID != a.SessionID || len(list[0].UserAgent) != 200 {
			t.Errorf("sessions %+v", list)
		}
		for _, tc := range [][2]string{{"mei", "wrong horse"}, {"mei", ""}, {"nobody", password}, {"", ""}} {
			_, token, err := w.SignIn(w.ctx, tc[0], tc[1], identity.Browser{Agent: "agent"})
			w.refused(err, "sign_in_failed")
			if token != "" {
				t.Errorf("%v got a session", tc)
			}
		}
		for _, tk := range []string{"", "x", token + "x", strings.ToUpper(token)} {
			_, err := w.Resolve(w.ctx, tk)
			w.refused(err, "session_ended")
		}
	})
}

func TestSession_EndsAfterItsLife(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, token := w.open("mei")
		w.clock.Advance(identity.SessionLife - time.Millisecond)
		a, err := w.Resolve(w.ctx, token)
		w.ok(err)
		if list, _ := w.Sessions(w.ctx, a); len(list) != 1 || list[0].LastSeenAt <= list[0].CreatedAt {
			t.Errorf("its use was not noted: %+v", list)
		}
		w.clock.Advance(time.Millisecond)
		_, err = w.Resolve(w.ctx, token)
		w.refused(err, "session_ended")
		if list, _ := w.Sessions(w.ctx, a); len(list) != 0 {
			t.Errorf("ended sessions are listed: %+v", list)
		}
	})
}

func TestSession_TwentyAtMostTheOldestGoesFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, oldest := w.open("mei")
		var newest string
		for range 20 {
			w.clock.Advance(time.Second)
			newest = w.enter("mei")
		}
		_, err := w.Resolve(w.ctx, oldest)
		w.refused(err, "session_ended")
		a, err := w.Resolve(w.ctx, newest)
		w.ok(err)
		if list, err := w.Sessions(w.ctx, a); err != nil || len(list) != 20 {
			t.Errorf("%d sessions, %v", len(list), err)
		}
	})
}

func TestSignOut_EndsThisSessionAndEverywhereEndsAll(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mei, first := w.open("mei")
		second, third := w.enter("mei"), w.enter("mei")
		bob, bobs := w.open("bob")
		thirdActor, err := w.Resolve(w.ctx, third)
		w.ok(err)

		w.ok(w.SignOut(w.ctx, mei))
		_, err = w.Resolve(w.ctx, first)
		w.refused(err, "session_ended")

		w.refused(w.EndSession(w.ctx, bob, thirdActor.SessionID), "session_not_found") // not his
		w.ok(w.EndSession(w.ctx, mei, thirdActor.SessionID))
		w.refused(w.EndSession(w.ctx, mei, thirdActor.SessionID), "session_not_found")
		_, err = w.Resolve(w.ctx, third)
		w.refused(err, "session_ended")

		if _, err := w.Resolve(w.ctx, second); err != nil {
			t.Errorf("the session beside them: %v", err)
		}
		fourth := w.enter("mei")
		w.ok(w.SignOutEverywhere(w.ctx, mei))
		for _, tk := range []string{second, fourth} {
			_, err := w.Resolve(w.ctx, tk)
			w.refused(err, "session_ended")
		}
		if _, err := w.Resolve(w.ctx, bobs); err != nil {
			t.Errorf("somebody else was signed out: %v", err)
		}
		w.refused(w.SignOutEverywhere(w.ctx, identity.Actor{}), "sign_in_required")
	})
}

func TestDemoSignIn_ExistsInDemoModeOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.CreateUser(w.ctx, identity.SignUp{Login: "host", Name: "Host", Password: password, DemoRole: "host"})
		w.ok(err)
		_, _, err = w.DemoSignIn(w.ctx, "host", "agent")
		w.refused(err, "demo_off")

		demo := identity.New(identity.Deps{DB: w.DB, Clock: w.clock, IDs: id.NewSource(w.clock.Now), Outbox: w, Log: slog.New(slog.DiscardHandler), Hasher: identity.NewHasher(cheap, 1, 1), Demo: true})
		u, token, err := demo.DemoSignIn(w.ctx, "host", "agent")
		w.ok(err)
		if a, err := demo.Resolve(w.ctx, token); err != nil || a.UserID != u.ID || u.DemoRole != "host" {
			t.Errorf("acts as %+v, %v", a, err)
		}
		_, _, err = demo.DemoSignIn(w.ctx, "emperor", "agent")
		w.refused(err, "user_not_found")
		w.open("real")
		_, _, err = demo.DemoSignIn(w.ctx, "", "agent")
		w.refused(err, "demo_off") // an empty role is not the role of everybody who has none
	})
}

func TestDemoSignIn_ASuspendedRoleStaysOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		op := w.operator("ops")
		u, err := w.CreateUser(w.ctx, identity.SignUp{Login: "host", Name: "Host", Password: password, DemoRole: "host"})
		w.ok(err)
		_, err = w.Suspend(w.ctx, op, u.ID, "spam")
		w.ok(err)
		demo := identity.New(identity.Deps{DB: w.DB, Clock: w.clock, IDs: id.NewSource(w.clock.Now), Outbox: w, Log: slog.New(slog.DiscardHandler), Hasher: identity.NewHasher(cheap, 1, 1), Demo: true})
		_, token, err := demo.DemoSignIn(w.ctx, "host", "agent")
		w.refused(err, "account_suspended")
		if token != "" {
			t.Error("a suspended role got a session")
		}
	})
}

func TestSession_ACrowdAfterABreakDoesNotQueueForTheWriter(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const crowd = 60
		tokens := make([]string, crowd)
		for i := range tokens {
			_, tokens[i] = w.open(fmt.Sprintf("buyer%d", i))
		}
		w.clock.Advance(10 * time.Minute)
		came := make(chan error, crowd)
		var all sync.WaitGroup
		w.ok(w.DB.Tx(w.ctx, func(ctx context.Context) error { // somebody writes, and takes long
			if _, err := w.DB.Exec(ctx, `UPDATE identity_sessions SET last_seen_at = last_seen_at`); err != nil {
				return err
			}
			for _, token := range tokens {
				all.Go(func() { _, err := w.Resolve(w.ctx, token); came <- err })
			}
			for i := range crowd - 1 { // one of them notes them all
				select {
				case err := <-came:
					if err != nil {
						return err
					}
				case <-time.After(10 * time.Second):
					t.Errorf("%d of %d wait for the writer", crowd-i, crowd)
					return nil
				}
			}
			return nil
		}))
		all.Wait()
		noted, _, err := db.Get(w.ctx, w.DB, func(r db.Row) (n int, err error) { return n, r.Scan(&n) },
			`SELECT count(*) FROM identity_sessions WHERE last_seen_at = $1`, w.clock.Now().UnixMilli())
		if err != nil || noted != crowd {
			t.Errorf("%d of %d are noted, %v", noted, crowd, err)
		}
	})
}
