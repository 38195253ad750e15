package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
)

const (
	// SessionCookie carries the session token on a site without HTTPS. HttpOnly, SameSite=Lax.
	SessionCookie = "hawker_session"
	// SecureSessionCookie carries it on a site with HTTPS: a browser takes this name only over HTTPS, for
	// every path and without a Domain (RFC 6265bis 4.1.3.2), so that no other host of the site's domain can
	// plant a session.
	SecureSessionCookie = "__Host-" + SessionCookie
)

// asked is what the chain knows of a request: one value in its ctx, because each reading of a ctx walks its whole
// chain, and reads and lanes ask for Done and Err many times in an answer.
type asked struct {
	id, agent, addr string
	byCookie        bool
	key             string // Idempotency-Key, written before the operation runs
	actor           lazyActor
}

type askedKey struct{}

// askedIn is never nil: a ctx that is no request's knows nothing.
func askedIn(ctx context.Context) *asked {
	if v, ok := ctx.Value(askedKey{}).(*asked); ok {
		return v
	}
	return &asked{}
}

// lazyActor resolves the session at most once, and only for routes that ask.
type lazyActor struct {
	once  sync.Once
	find  func() (identity.Actor, error) // nil for nobody
	actor identity.Actor
	err   error
}

func actorOf(ctx context.Context) (identity.Actor, error) {
	l := &askedIn(ctx).actor
	if l.find == nil {
		return identity.Actor{}, nil
	}
	l.once.Do(func() { l.actor, l.err = l.find() })
	if errs.Is(l.err, errs.Unauthorized) {
		return identity.Actor{}, nil // an ended session is a visitor; gates then ask to sign in
	}
	return l.actor, l.err
}

// ActorFrom is who the request acts for; the zero Actor for visitors.
func ActorFrom(ctx context.Context) identity.Actor {
	a, err := actorOf(ctx)
	if err != nil {
		return identity.Actor{}
	}
	return a
}

// WithActor acts as somebody: for tests of doors.
func WithActor(ctx context.Context, a identity.Actor) context.Context {
	was := askedIn(ctx)
	v := &asked{id: was.id, agent: was.agent, addr: was.addr, byCookie: was.byCookie, key: was.key}
	v.actor.find = func() (identity.Actor, error) { return a, nil }
	return context.WithValue(ctx, askedKey{}, v)
}

// RequestID names the request in logs and problem answers.
func RequestID(ctx context.Context) string { return askedIn(ctx).id }

// IdempotencyKey is the request's Idempotency-Key, present on operations that require it.
func IdempotencyKey(ctx context.Context) string { return askedIn(ctx).key }

// UserAgent of the request, for the list of sessions.
func UserAgent(ctx context.Context) string { return askedIn(ctx).agent }

// ServeHTTP is the whole chain: id, panic guard, headers, origin check, session, idempotency, mux.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	sw := &statusWriter{ResponseWriter: w}
	seen := &visit{Visit: r.Arrive(req.Method), r: r, w: sw}
	rid := seen.id
	known := &asked{id: rid, agent: agentOf(req), addr: r.addrOf(req), byCookie: r.carriesCookie(req)}
	ctx := context.WithValue(req.Context(), askedKey{}, known)
	if token := r.tokenOf(req); token != "" {
		known.actor.find = func() (identity.Actor, error) { return r.deps.Sessions.Resolve(ctx, token) }
	}
	req = req.WithContext(ctx)
	defer func() {
		defer seen.end(ctx)
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			r.log.ErrorContext(ctx, "panic in handler", "route", seen.pattern, "panic", fmt.Sprint(v), "stack", string(debug.Stack()), "request", rid)
			if sw.status == 0 {
				r.WriteError(sw, req, fmt.Errorf("panic: %v", v))
			}
		}
	}()
	r.SecureHeaders(sw.Header(), req.URL.Path, rid)
	if r.draining() {
		sw.Header().Set("Connection", "close") // the next request of this connection goes to another node
	}
	if err := checkAddress(req.URL); err != nil {
		r.WriteError(sw, req, err)
		return
	}
	miss, pattern := r.mux.Handler(req)
	seen.pattern = pattern
	if err := r.checkOrigin(req, pattern); err != nil {
		r.WriteError(sw, req, err)
		return
	}
	if pattern == "" {
		r.writeMiss(sw, req, miss)
		return
	}
	if op := r.ops[pattern]; op.Idempotent || op.DomainIdempotent {
		r.serveOnce(sw, req, pattern, op)
		return
	}
	r.mux.ServeHTTP(sw, req)
}

// writeMiss turns the mux's plain text for a request that fits no route into a problem.
func (r *Router) writeMiss(w http.ResponseWriter, req *http.Request, miss http.Handler) {
	said := &recorder{header: http.Header{}, status: http.StatusOK}
	miss.ServeHTTP(said, req)
	if said.status != http.StatusMethodNotAllowed {
		r.WriteError(w, req, errNoRoute)
		return
	}
	w.Header().Set("Allow", said.header.Get("Allow"))
	r.WriteError(w, req, &Problem{Type: "about:blank", Title: http.StatusText(said.status), Status: said.status, Code: "method_not_allowed",
		Detail: "this address takes " + said.header.Get("Allow"), RequestID: RequestID(req.Context())})
}

var errNoRoute = errs.New(errs.NotFound, "route_not_found", "there is nothing at this address; /docs lists what there is")

func (r *Router) tokenOf(req *http.Request) string {
	if bearer, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer "); ok {
		return bearer
	}
	token, _ := r.cookieOf(req)
	return token
}

// cookieName is the session cookie's name on this site.
func (r *Router) cookieName() string {
	if r.deps.Secure {
		return SecureSessionCookie
	}
	return SessionCookie
}

// cookieOf is the token of the request's session cookie, if there is one. The plain name counts with HTTPS
// only where the guarded one is missing: people who signed in before a site had it stay signed in.
func (r *Router) cookieOf(req *http.Request) (token string, found bool) {
	for _, name := range []string{r.cookieName(), SessionCookie} {
		if c, err := req.Cookie(name); err == nil {
			return c.Value, true
		}
	}
	return "", false
}

// SessionCookieFor is the Set-Cookie value that starts a session, or ends it when token is "".
func (r *Router) SessionCookieFor(token string) http.Cookie {
	c := http.Cookie{Name: r.cookieName(), Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.deps.Secure, MaxAge: int(identity.SessionLife.Seconds())}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

// statusWriter remembers what was answered; Unwrap keeps flushing and hijacking possible.
type statusWriter struct {
	http.ResponseWriter
	status   int
	bytes    int64
	hijacked bool
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// ReadFrom keeps the kernel's copy of files (sendfile) for large media.
func (w *statusWriter) ReadFrom(src io.Reader) (int64, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := io.Copy(w.ResponseWriter, src)
	w.bytes += n
	return n, err
}

// Hijack notes that the connection became something else, a WebSocket. One that was answered before it went was an
// ordinary request.
func (w *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	w.hijacked = err == nil && w.status == 0
	return c, rw, err
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush lets handlers that only know http.Flusher stream.
func (w *statusWriter) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}
