package whip

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media/av"
)

const (
	// maxSessions bounds publishers of one node: 128 at 2 Mbit/s are a quarter of a gigabit port, and
	// decrypting them is about one core.
	maxSessions = 128
	// authorizeTimeout bounds the key lookup.
	authorizeTimeout = 5 * time.Second
	// defaultLost is how long a publisher may be unreachable: a phone that changes cells needs 5 s.
	defaultLost = 10 * time.Second
	// secretBytes gives a session's URL 192 bits.
	secretBytes = 24
)

var (
	// ErrLost is wrapped by a sink's Close cause when the publisher vanished without DELETE.
	// The publisher may come back.
	ErrLost = errors.New("connection to the publisher lost")
	// ErrClosed is the Close cause when the server itself shuts down.
	ErrClosed = errors.New("whip endpoint closed")
)

// Deps are the endpoint's needs. Clock must run with real time: ICE lives by the network.
type Deps struct {
	Clock clock.Clock
	Log   *slog.Logger
	IDs   *id.Source // names sessions in logs
	// Path is where the handler is mounted, without trailing slash; sessions live below it.
	Path string
	// UDPAddr is the one host:port all sessions share. An empty or unspecified host means every
	// address of the machine, port 0 or an empty string a free port.
	UDPAddr string
	// NAT1To1 are public addresses that are forwarded to this machine; they are offered as well.
	NAT1To1 []string
	// Publish decides on a key before anything is allocated and returns the publisher's sink. It has
	// 5 s. A sink with Done() <-chan struct{} and Cause() error is watched, so that a publisher who
	// sends nothing is cut as well.
	Publish func(ctx context.Context, key string) (av.Sink, error)
	// WriteError answers with the problem that stands for err.
	WriteError func(w http.ResponseWriter, r *http.Request, err error)
	// LostAfter is how long nothing may come from a publisher's address; 0 means 10 s.
	LostAfter time.Duration
}

// Handler serves Path and Path/{session}.
type Handler struct {
	deps   Deps
	engine *engine

	mu       sync.Mutex
	sessions map[string]*session // by secret
	slots    int                 // sessions and those being negotiated
	closed   bool
	running  sync.WaitGroup // one per slot
}

// New opens the UDP sockets. Close releases them.
func New(deps Deps) (*Handler, error) {
	if deps.LostAfter <= 0 {
		deps.LostAfter = defaultLost
	}
	e, err := newEngine(deps)
	if err != nil {
		return nil, err
	}
	return &Handler{deps: deps, engine: e, sessions: map[string]*session{}}, nil
}

// Close ends all sessions with ErrClosed, waits for them and closes the sockets. Requests after it
// are refused.
func (h *Handler) Close() {
	h.mu.Lock()
	h.closed = true
	for _, s := range h.sessions {
		s.end(ErrClosed)
	}
	h.mu.Unlock()
	h.running.Wait()
	h.engine.close()
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	allowOrigins(w)
	rest, ok := strings.CutPrefix(r.URL.Path, h.deps.Path)
	secret := strings.TrimPrefix(rest, "/")
	var err error
	switch {
	case !ok || (rest != "" && rest[0] != '/'):
		err = errNoSession
	case secret == "":
		err = h.endpoint(w, r)
	default:
		err = h.session(w, r, secret)
	}
	if err != nil {
		h.refuse(w, r, err)
	}
}

// allowOrigins lets studios on other sites publish: the right to do so is in the Authorization
// header, never in a cookie.
func allowOrigins(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Expose-Headers", "Location, ETag, Accept-Patch, Accept-Post, Retry-After")
	w.Header().Set("Cache-Control", "no-store")
}

func preflight(w http.ResponseWriter, methods, header, types string) {
	w.Header().Set("Access-Control-Allow-Methods", methods)
	w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match")
	w.Header().Set("Access-Control-Max-Age", "86400")
	w.Header().Set("Allow", methods)
	w.Header().Set(header, types)
	w.WriteHeader(http.StatusNoContent)
}

func (h *Handler) endpoint(w http.ResponseWriter, r *http.Request) error {
	const methods = "POST, OPTIONS"
	switch r.Method {
	case http.MethodOptions:
		preflight(w, methods, "Accept-Post", typeSDP)
		return nil
	case http.MethodPost:
		return h.post(w, r)
	}
	return notAllowed(w, methods)
}

func (h *Handler) session(w http.ResponseWriter, r *http.Request, secret string) error {
	const methods = "PATCH, DELETE, OPTIONS"
	switch r.Method {
	case http.MethodOptions:
		preflight(w, methods, "Accept-Patch", typeFragment)
		return nil
	case http.MethodPatch, http.MethodDelete:
	default:
		return notAllowed(w, methods)
	}
	h.mu.Lock()
	s := h.sessions[secret]
	h.mu.Unlock()
	if s == nil {
		return errNoSession
	}
	if r.Method == http.MethodPatch {
		return s.patch(w, r)
	}
	s.end(nil)
	<-s.done
	w.WriteHeader(http.StatusOK)
	return nil
}

// post answers an offer (RFC 9725 4.2).
func (h *Handler) post(w http.ResponseWriter, r *http.Request) error {
	key, err := bearer(w, r)
	if err != nil {
		return err
	}
	body, err := readBody(w, r, typeSDP, maxSDP)
	if err != nil {
		return err
	}
	o, err := parseOffer(body)
	if err != nil {
		return err
	}
	s, answer, err := h.open(r.Context(), key, o)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", typeSDP)
	w.Header().Set("Location", h.deps.Path+"/"+s.secret)
	w.Header().Set("ETag", s.etag)
	w.Header().Set("Accept-Patch", typeFragment)
	w.WriteHeader(http.StatusCreated)
	// A browser that left before its answer is cut for sending nothing.
	_, _ = w.Write([]byte(answer))
	return nil
}

func (h *Handler) open(ctx context.Context, key string, o offer) (*session, string, error) {
	if err := h.reserve(); err != nil {
		return nil, "", err
	}
	lookup, cancel := context.WithTimeout(ctx, authorizeTimeout)
	sink, err := h.deps.Publish(lookup, key)
	cancel()
	if err != nil {
		h.release()
		return nil, "", err
	}
	s, answer, err := h.negotiate(ctx, o, sink)
	if err == nil && !h.register(s) {
		s.discard()
		err = errClosing.Because(ErrClosed)
	}
	if err != nil {
		sink.Close(err)
		h.release()
		return nil, "", err
	}
	return s, answer, nil
}

func (h *Handler) reserve() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return errClosing
	case h.slots >= maxSessions:
		return errFull
	}
	h.slots++
	h.running.Add(1)
	return nil
}

func (h *Handler) release() {
	h.mu.Lock()
	h.slots--
	h.mu.Unlock()
	h.running.Done()
}

// register makes the session reachable and starts it; false when the handler closed meanwhile.
func (h *Handler) register(s *session) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.sessions[s.secret] = s
	go func() {
		defer h.release()
		s.run()
	}()
	return true
}

func (h *Handler) forget(s *session) {
	h.mu.Lock()
	delete(h.sessions, s.secret)
	h.mu.Unlock()
}

var (
	errNoSession = errs.ForProgram(errs.NotFound, "whip_session_not_found", "there is no such session; publish again")
	errClosing   = errs.New(errs.Busy, "server_restarting", "the server is restarting; publish again in a moment").After(2000)
	errFull      = errs.New(errs.Busy, "whip_full", "this server has no room for another broadcast; try again in a minute").After(60_000)
)
