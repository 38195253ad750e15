package doorstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/app"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/server/servertest"
)

// person is somebody at the door; the zero person is a visitor.
type person struct {
	name, login, password, id, token string
}

// world is the running program and everybody in it.
type world struct {
	*app.App
	t    testing.TB
	base string // http://127.0.0.1:port
	log  *transcript
	said *transcript // every byte the door answered
	http *http.Client

	people map[string]*person // by role
	tenant map[string]*tenant // "A" and "B"
	serial atomic.Int64
	asked  atomic.Int64

	mu   sync.Mutex
	once map[string]string // secrets that may be said to whom they are handed out, by the answer that did
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(a.body, &p) // no problem document: no code
	return p.Code
}

func (a answer) String() string {
	text := string(a.body)
	if len(text) > 300 {
		text = text[:300] + "…"
	}
	return fmt.Sprintf("%d %s", a.status, text)
}

// get reads a field of the answer by its path: "order.id", "skus.0.id".
func (a answer) get(path string) string {
	var v any
	_ = json.Unmarshal(a.body, &v) // "" is the answer to whatever is not there
	for step := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			i := 0
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(at) {
				return ""
			}
			v = at[i]
		}
	}
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return fmt.Sprintf("%.0f", v)
	}
	return ""
}

type fields = map[string]any

func newWorld(t testing.TB, args ...string) *world {
	t.Helper()
	w := &world{t: t, log: &transcript{}, said: &transcript{}, people: map[string]*person{}, tenant: map[string]*tenant{}, once: map[string]string{}}
	w.App = built(t, w.log, args...)
	w.base = "http://" + servertest.Serve(t, w.App)
	w.http = &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	t.Cleanup(w.http.CloseIdleConnections)
	return w
}

// join signs somebody up under a role's name.
func (w *world) join(role string) *person {
	w.t.Helper()
	n := w.serial.Add(1)
	p := &person{name: role, login: fmt.Sprintf("%s-%d", strings.ToLower(role), n), password: fmt.Sprintf("canary-password-%s-%d", role, n)}
	u, token, err := w.Identity.SignUp(w.t.Context(), identity.SignUp{Login: p.login, Name: role, Password: p.password, Locale: "en"}, identity.Browser{Agent: "test"})
	if err != nil {
		w.t.Fatal(err)
	}
	p.id, p.token = u.ID, token
	w.people[role] = p
	return p
}

// call is a request at the door.
type call struct {
	method, path string
	body         any // marshalled unless []byte
	header       map[string]string
}

// ask sends a request as a person, bearer in hand, and keeps every byte of the answer.
func (w *world) ask(p *person, c call) answer {
	w.t.Helper()
	var raw []byte
	switch b := c.body.(type) {
	case nil:
	case []byte:
		raw = b
	default:
		var err error
		if raw, err = json.Marshal(b); err != nil {
			w.t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(w.t.Context(), c.method, w.base+c.path, bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	if raw != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if p != nil && p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	req.Header.Set("Idempotency-Key", fmt.Sprintf("key-%010d", w.serial.Add(1)))
	for k, v := range c.header {
		if v == "" {
			req.Header.Del(k)
		} else {
			req.Header.Set(k, v)
		}
	}
	res, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end, or a stream that is left
	out := answer{status: res.StatusCode, header: res.Header}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		out.body = make([]byte, 64)
		n, _ := res.Body.Read(out.body) // ": ready" is all this stream has to say
		out.body = out.body[:n]
	} else if out.body, err = io.ReadAll(res.Body); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		w.t.Fatal(err)
	}
	w.asked.Add(1)
	w.hear(out)
	return out
}

// hear keeps what was answered, apart from the secrets an answer may hand out.
func (w *world) hear(a answer) {
	_ = a.header.Write(w.said) // a buffer takes everything
	_, _ = w.said.Write(a.body)
}

// must asks and fails the test on a refusal.
func (w *world) must(p *person, method, path string, body any) answer {
	w.t.Helper()
	a := w.ask(p, call{method: method, path: path, body: body})
	if a.status >= 300 {
		w.t.Fatalf("%s %s as %s: %s", method, path, p.name, a)
	}
	return a
}

// until asks again and again, for at most ten seconds, until the answer is as wished.
func (w *world) until(what string, ok func() bool) {
	w.t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	w.t.Fatalf("never came: %s", what)
}
