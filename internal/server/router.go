package server

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the server's tables up to date.
func Migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, "server", schema) }

// Allow is the outer gate of a route.
type Allow int

const (
	_ Allow = iota
	// Public lets visitors in; the actor may be anonymous.
	Public
	// SignedIn needs a session; whose things may be touched is the domain's decision.
	SignedIn
	// Operator needs an operator of the site.
	Operator
)

func (a Allow) String() string {
	return [...]string{"", "public", "signed-in", "operator"}[a]
}

// Sessions resolves a session token to its actor.
type Sessions interface {
	Resolve(ctx context.Context, token string) (identity.Actor, error)
}

// Deps is what the door needs.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Log      *slog.Logger
	Sessions Sessions
	Version  string
	// Node names this process among those on its database, the same after a restart and no other's meanwhile.
	Node string
	// Secure marks cookies Secure: set when the public URL is https.
	Secure bool
	// Meter counts requests; nil counts nothing.
	Meter Meter
	// TrustedProxies may tell a client's address in X-Forwarded-For: the balancers in front. None by default.
	TrustedProxies []netip.Prefix
	// Draining is closed when the process is about to stop; nil never is.
	Draining <-chan struct{}
	// AccessLog writes a line for every request; faults have theirs anyway.
	AccessLog bool
}

// Router is a mux whose every route states who may use it.
type Router struct {
	deps   Deps
	log    *slog.Logger
	mux    *http.ServeMux
	api    huma.API
	open   map[string]bool // mux patterns that pages of other sites may use
	ops    map[string]Op   // by mux pattern
	naming string          // the operation whose schemas are being named
	answer reflect.Type    // its answer's body
	Routes []Route
	visits sync.WaitGroup // requests under way
}

// Route is one line of the door's list: for the OpenAPI document and the tests over all routes.
type Route struct {
	Pattern string
	Allow   Allow
	Why     string
}

// Op is one API operation.
type Op struct {
	ID      string // operationId, resource-verb
	Method  string
	Path    string // full, e.g. /api/v1/shop/orders/{id}
	Tag     string // the domain
	Summary string
	Allow   Allow
	Status  int // default 200, or 204 without a body
	// Idempotent requires an Idempotency-Key; the first answer is stored and replayed.
	Idempotent bool
	// DomainIdempotent requires the key too, but the domain itself remembers it (hot paths): see IdempotencyKey.
	DomainIdempotent bool
	MaxBody          int64 // bytes, default 256 KiB
	// Money moves money, or the units and promises it pays for. Such an operation does not mount without one
	// of the two above: a lost answer is asked for again, and must not be paid for again.
	Money bool
}

const defaultMaxBody = 256 << 10

// NewRouter builds an empty door.
func NewRouter(d Deps) *Router {
	// huma keeps its error factory in package state; every router wants the same one.
	huma.NewError = schemaProblem
	huma.DefaultArrayNullable = false
	cfg := huma.DefaultConfig("Hawker", d.Version)
	cfg.DocsPath, cfg.SchemasPath, cfg.OpenAPIPath = "", "", ""
	cfg.CreateHooks = nil // no $schema link in every answer
	cfg.Formats = formats()
	cfg.Info.Description = "Feed, live rooms, shop and wallet of a Hawker site. Sign in with a session cookie or a bearer token."
	mux := http.NewServeMux()
	r := &Router{deps: d, log: d.Log, mux: mux, open: map[string]bool{}, ops: map[string]Op{}}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: r.cookieName()},
		"bearer":  {Type: "http", Scheme: "bearer"},
	}
	cfg.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", r.schemaName)
	r.api = humago.New(mux, cfg)
	return r
}

// OpenAPI is the document of everything registered so far.
func (r *Router) OpenAPI() *huma.OpenAPI { return r.api.OpenAPI() }

// Register mounts one typed operation.
func Register[I, O any](r *Router, op Op, h func(ctx context.Context, in *I) (*O, error)) {
	r.note(op.Method+" "+op.Path, op.Allow, op.Summary, op)
	r.naming, r.answer = op.ID, nil
	if body, ok := reflect.TypeFor[O]().FieldByName("Body"); ok {
		r.answer = body.Type
	}
	if op.Money && !op.Idempotent && !op.DomainIdempotent {
		panic("server: " + op.ID + " moves money and would do it twice: make it Idempotent")
	}
	if op.MaxBody == 0 {
		op.MaxBody = defaultMaxBody
	}
	hop := huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, Tags: []string{op.Tag},
		DefaultStatus: op.Status, MaxBodyBytes: op.MaxBody,
		Extensions: map[string]any{"x-allow": op.Allow.String()},
		Responses:  map[string]*huma.Response{},
	}
	problem := r.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	hop.Responses["default"] = &huma.Response{Description: "Refused; code says why", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}}
	if op.Money {
		hop.Extensions["x-money"] = true
	}
	if op.Allow != Public {
		hop.Security = []map[string][]string{{"session": {}}, {"bearer": {}}}
	}
	if op.Idempotent || op.DomainIdempotent {
		hop.Parameters = append(hop.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Required: true,
			Description: "one key per intended effect, 8 to 128 characters; the first answer is replayed", Schema: &huma.Schema{Type: "string", MinLength: ptr(minKey), MaxLength: ptr(maxKey)}})
	}
	huma.Register(r.api, hop, func(ctx context.Context, in *I) (*O, error) {
		if err := r.gate(ctx, op.Allow); err != nil {
			return nil, problemOf(ctx, r.log, err)
		}
		out, err := h(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, r.log, err)
		}
		return out, nil
	})
}

// Handle mounts a plain handler: media, uploads, sockets, callbacks. pattern is the std mux's; why says
// what it is for, and appears in the OpenAPI document when the path is under /api/.
func (r *Router) Handle(pattern string, allow Allow, why string, h http.Handler) {
	r.note(pattern, allow, why, Op{Allow: allow})
	if method, path, ok := strings.Cut(pattern, " "); ok && strings.HasPrefix(path, "/api/") {
		r.describe(method, strings.TrimSuffix(path, "{$}"), allow, why)
	}
	r.mux.Handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if err := r.gate(req.Context(), allow); err != nil {
			r.WriteError(w, req, err)
			return
		}
		h.ServeHTTP(w, req)
	}))
}

func (r *Router) describe(method, path string, allow Allow, why string) {
	if method == http.MethodOptions || method == http.MethodHead {
		return
	}
	path = strings.ReplaceAll(path, "...}", "}")
	parts := strings.Split(strings.TrimPrefix(path, "/api/v1/"), "/")
	op := &huma.Operation{
		OperationID: strings.ToLower(method) + "-" + strings.NewReplacer("{", "", "}", "", "/", "-").Replace(strings.TrimPrefix(path, "/api/v1/")),
		Method:      method, Path: path, Summary: why, Tags: []string{parts[0]},
		Extensions: map[string]any{"x-allow": allow.String()},
		Responses:  map[string]*huma.Response{"default": {Description: why}},
	}
	for _, p := range parts {
		if strings.HasPrefix(p, "{") {
			op.Parameters = append(op.Parameters, &huma.Param{Name: strings.Trim(p, "{}"), In: "path", Required: true, Schema: &huma.Schema{Type: "string", MaxLength: ptr(maxKey)}})
		}
	}
	r.api.OpenAPI().AddOperation(op)
}

func (r *Router) note(pattern string, allow Allow, why string, op Op) {
	if allow == 0 || why == "" {
		panic("server: route " + pattern + " must state who may use it and why it is there")
	}
	r.Routes = append(r.Routes, Route{Pattern: pattern, Allow: allow, Why: why})
	r.ops[pattern] = op
}

func (r *Router) gate(ctx context.Context, allow Allow) error {
	if allow == Public {
		return nil
	}
	a, err := actorOf(ctx)
	if err != nil {
		return err
	}
	if a.Anonymous() {
		return identity.ErrSignIn
	}
	if allow == Operator {
		return identity.RequireOperator(a)
	}
	return nil
}

func ptr[T any](v T) *T { return &v }
