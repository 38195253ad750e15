package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// keyed is the idempotent operation under a key.
func keyed(name, key, body string, status int) request {
	return request{name: name, method: http.MethodPost, path: "/api/v1/test/once/1", token: "viewer", body: body, header: map[string]string{"Idempotency-Key": key}, status: status}
}

const hi, ho = `{"text":"hi"}`, `{"text":"ho"}`

func TestOnce_TheFirstAnswerIsReplayed(t *testing.T) {
	each(t, clock.Real{}, func(t *testing.T, s *site) {
		first := keyed("first", "key-0001", hi, 201)
		first.runs = 1
		a := s.check(first)
		replay := keyed("again", "key-0001", hi, 201)
		replay.says = map[string]string{"Idempotent-Replay": "true", "Content-Type": "application/json"}
		if b := s.check(replay); a.Body.String() != b.Body.String() {
			t.Errorf("first %s, then %s", a.Body, b.Body)
		}
		changed := keyed("another body under the key", "key-0001", ho, 409)
		changed.code = "idempotency_key_reused"
		s.check(changed)
		moved := keyed("another address under the key", "key-0001", hi, 409)
		moved.path, moved.code = "/api/v1/test/once/2", "idempotency_key_reused"
		s.check(moved)
		other := keyed("somebody else's key", "key-0001", hi, 201)
		other.token, other.runs = "other", 1
		s.check(other)
		next := keyed("the next key", "key-0002", hi, 201)
		next.runs = 1
		s.check(next)
	})
}

func TestOnce_AKeyIsNeeded(t *testing.T) {
	s := alone(t)
	for _, key := range []string{"", "short", strings.Repeat("k", 129)} {
		for _, path := range []string{"/api/v1/test/once/1", "/api/v1/test/hot/1"} {
			r := keyed("key "+key, key, hi, 422)
			r.path, r.code = path, "idempotency_key_missing"
			s.check(r)
		}
	}
	visitor := keyed("a visitor", "key-0001", hi, 401)
	visitor.token, visitor.code = "", "sign_in_required"
	s.check(visitor)
	large := keyed("a huge body", "key-0001", `{"text":"`+strings.Repeat("x", 1<<20)+`"}`, 422)
	large.code = "body_too_large"
	s.check(large)
	hot := keyed("the domain remembers by itself", "key-0001", hi, 200)
	hot.path, hot.runs, hot.want = "/api/v1/test/hot/1", 1, "key-0001"
	s.check(hot)
	s.check(hot)
}

func TestOnce_DuplicatesAtOnceRunOnce(t *testing.T) {
	each(t, clock.Real{}, func(t *testing.T, s *site) {
		s.once = func(_ context.Context, text string) (string, error) {
			time.Sleep(100 * time.Millisecond) // long enough for the others to find the key taken
			return "did " + text, nil
		}
		answers := make([]*httptest.ResponseRecorder, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = s.send(keyed("", "key-0001", hi, 0)) })
		}
		all.Wait()
		if n := s.runs.Load(); n != 1 {
			t.Errorf("it ran %d times", n)
		}
		for _, a := range answers {
			if a.Code != 201 || a.Body.String() != answers[0].Body.String() {
				t.Errorf("answers %d %s and %d %s", answers[0].Code, answers[0].Body, a.Code, a.Body)
			}
		}
	})
}

func TestOnce_RefusalsAreKeptAndFaultsFreeTheKey(t *testing.T) {
	each(t, clock.Real{}, func(t *testing.T, s *site) {
		for i, tc := range []struct {
			name   string
			err    error
			status int
			code   string
			again  int64 // runs of the repeat
		}{
			{"a refusal", errs.New(errs.Conflict, "sold_out", "sold out"), 409, "sold_out", 0},
			{"a fault", errors.New("disk full"), 500, "internal", 1},
			{"a busy moment", errs.New(errs.Busy, "lane_busy", "try again"), 503, "lane_busy", 1},
			{"a rate limit", errs.New(errs.TooMany, "slow_down", "slow down"), 429, "slow_down", 1},
			{"a panic", nil, 500, "internal", 1},
		} {
			s.once = func(context.Context, string) (string, error) {
				if tc.err == nil {
					panic("nothing is stored")
				}
				return "", tc.err
			}
			r := keyed(tc.name, fmt.Sprint("key-000", i), hi, tc.status)
			r.code, r.runs = tc.code, 1
			s.check(r)
			r.name, r.runs = tc.name+" again", tc.again
			s.check(r)
		}
		s.once = func(_ context.Context, text string) (string, error) { return text, nil }
		r := keyed("the fault's key works once the fault is over", "key-0001", hi, 201)
		r.runs = 1
		s.check(r)
	})
}

func TestOnce_TheAnswerIsStoredAlsoWhenTheClientHangsUp(t *testing.T) {
	each(t, clock.Real{}, func(t *testing.T, s *site) {
		ctx, hangUp := context.WithCancel(t.Context())
		s.once = func(inner context.Context, text string) (string, error) {
			hangUp()
			return "did " + text, inner.Err() // the operation's own context goes on
		}
		req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/v1/test/once/1", strings.NewReader(hi))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer viewer")
		req.Header.Set("Idempotency-Key", "key-0001")
		s.ServeHTTP(httptest.NewRecorder(), req)
		r := keyed("asking again", "key-0001", hi, 201)
		r.want = "did hi"
		s.check(r)
		if s.runs.Load() != 1 {
			t.Errorf("it ran %d times", s.runs.Load())
		}
	})
}

// unfinished is a request whose process died: its key is claimed and nobody works on it.
func (s *site) unfinished(key string, at time.Time) {
	s.t.Helper()
	r := keyed("", key, hi, 201)
	s.once = func(context.Context, string) (string, error) { return "x", nil }
	s.check(request{name: "claim", method: r.method, path: r.path, body: r.body, token: r.token, header: r.header, status: 201, runs: 1})
	if _, err := s.db.Exec(s.t.Context(), `UPDATE server_idempotency SET status = 0, answer = '', created_at = $1 WHERE key = $2`, at.UnixMilli(), key); err != nil {
		s.t.Fatal(err)
	}
}

func TestOnce_ACrashedRequestIsTakenOverAfterAMinute(t *testing.T) {
	c := clock.NewFake(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	each(t, c, func(t *testing.T, s *site) {
		s.unfinished("key-0001", c.Now().Add(-61*time.Second))
		r := keyed("a minute later", "key-0001", hi, 201)
		r.runs = 1
		s.check(r)
		r.name, r.runs = "and then it is done", 0
		s.check(r)

		s.unfinished("key-0002", c.Now())
		done := make(chan *httptest.ResponseRecorder, 1)
		go func() { done <- s.send(keyed("", "key-0002", hi, 0)) }()
		for { // the waiter polls by the fake clock and gives up after ten seconds of it
			select {
			case w := <-done:
				if w.Code != 503 || problemOf(w).Code != "still_working" || w.Header().Get("Retry-After") != "1" {
					t.Errorf("while another works: %d %s", w.Code, w.Body)
				}
				return
			case <-time.After(time.Millisecond):
				c.Advance(500 * time.Millisecond)
			}
		}
	})
}

// A buyer whose cancel was under way when the server was killed got still_working for a minute, and so did a crowd.
func TestFreeKeys_ARestartTakesACrashedRequestOverAtOnce(t *testing.T) {
	c := clock.NewFake(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	each(t, c, func(t *testing.T, s *site) {
		kept := keyed("answered before the crash", "key-0000", hi, 201)
		kept.runs = 1
		s.once = func(context.Context, string) (string, error) { return "x", nil }
		s.check(kept)
		s.unfinished("key-0001", c.Now())
		s.unfinished("key-0002", c.Now())
		if _, err := s.db.Exec(t.Context(), `UPDATE server_idempotency SET node = 'b' WHERE key = 'key-0002'`); err != nil {
			t.Fatal(err)
		}
		if err := s.FreeKeys(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left, _, err := db.Get(t.Context(), s.db, func(r db.Row) (n int, err error) { err = r.Scan(&n); return n, err },
			`SELECT count(*) FROM server_idempotency WHERE key = 'key-0002'`); err != nil || left != 1 {
			t.Errorf("the key of a request that another node may still run: %d left, %v", left, err)
		}
		r := keyed("after the restart", "key-0001", hi, 201)
		r.runs = 1
		s.check(r)
		r.name, r.runs = "and then it is done", 0
		s.check(r)
		kept.name, kept.runs = "what was answered stays answered", 0
		s.check(kept)
	})
}

func TestForgetAnswers_AfterTwoDays(t *testing.T) {
	c := clock.NewFake(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	each(t, c, func(t *testing.T, s *site) {
		r := keyed("first", "key-0001", hi, 201)
		r.runs = 1
		s.check(r)
		forget := func(after time.Duration, runs int64) {
			t.Helper()
			c.Advance(after)
			if err := s.ForgetAnswers(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.name, r.runs = fmt.Sprint("after another ", after), runs
			s.check(r)
		}
		forget(48*time.Hour, 0)
		forget(time.Millisecond, 1)
	})
}
