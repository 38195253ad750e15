package tus

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/clock"
)

const (
	version    = "1.0.0"
	extensions = "creation,creation-with-upload,expiration,termination,checksum"
	idPrefix   = "upl"
	chunkType  = "application/offset+octet-stream"

	// finishLimit bounds OnFinish, which goes on when the client has left: probing and moving a
	// file takes well under a second, copying one to an object store may take a minute.
	finishLimit = 5 * time.Minute
	// recordLimit bounds the row update after a client has left.
	recordLimit = 10 * time.Second
)

// Upload is the row of one upload.
type Upload struct {
	ID        string // upl_…
	Owner     string // what Deps.Owner returned at creation
	Length    int64  // bytes announced
	Offset    int64  // bytes on disk
	Done      bool   // OnFinish has succeeded; the file is no longer ours
	Filename  string // as the client named it, without directories, at most 255 bytes; may be empty
	MIME      string // as the client named it; may be empty and may be wrong
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Store keeps the rows. Every method is durable when it returns.
type Store interface {
	// Create may refuse, e.g. with errs.TooMany when the owner has too many open uploads.
	Create(ctx context.Context, u Upload) error
	// Get fails with errs.NotFound.
	Get(ctx context.Context, id string) (Upload, error)
	SetOffset(ctx context.Context, id string, offset int64, done bool) error
	// Delete of a missing row is no error.
	Delete(ctx context.Context, id string) error
	// Expired lists uploads with ExpiresAt <= now, at most limit.
	Expired(ctx context.Context, now time.Time, limit int) ([]Upload, error)
}

// Deps are a Handler's needs; all but Log are required.
type Deps struct {
	Store   Store
	Dir     string // for files under way; created by New with mode 0700
	Path    string // URL path the handler is mounted at, with a slash at both ends
	MaxSize int64  // bytes of one upload
	TTL     time.Duration
	Clock   clock.Clock
	IDs     *id.Source
	Log     *slog.Logger
	// Owner names the signed-in account; its error is the answer (errs.Unauthorized).
	Owner func(r *http.Request) (string, error)
	// OnFinish takes the finished file over by moving or copying it; what is left at path is
	// removed. An *errs.Error that a person can act on refuses and deletes the upload; any other
	// error, errs.Busy and errs.Internal keep it, and the client's next request tries again.
	OnFinish func(ctx context.Context, u Upload, path string) error
}

// Handler serves Deps.Path and Deps.Path + id. Safe for concurrent use.
type Handler struct {
	Deps
	leases leases
}

// New prepares the directory.
func New(d Deps) (*Handler, error) {
	if err := os.MkdirAll(d.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("prepare upload directory: %w", err)
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	return &Handler{Deps: d, leases: leases{held: map[string]*lease{}, clock: d.Clock}}, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Tus-Resumable", version)
	w.Header().Set("Cache-Control", "no-store")
	if err := h.route(w, r); err != nil {
		h.refuse(w, r, err)
	}
}

func (h *Handler) route(w http.ResponseWriter, r *http.Request) error {
	method := r.Method
	if over := r.Header.Get("X-HTTP-Method-Override"); over != "" && method == http.MethodPost {
		method = over // for environments without PATCH; part of the core protocol
	}
	if method == http.MethodOptions {
		h.options(w)
		return nil
	}
	if r.Header.Get("Tus-Resumable") != version {
		w.Header().Set("Tus-Version", version)
		return at(http.StatusPreconditionFailed, errs.ForProgram(errs.Invalid, "tus_version", "the server speaks tus %s", version))
	}
	owner, err := h.Owner(r)
	if err != nil {
		return err
	}
	name, ok := strings.CutPrefix(r.URL.Path, h.Path)
	switch {
	case ok && name == "" && method == http.MethodPost:
		return h.create(w, r, owner)
	case ok && name == "":
		return notAllowed(w, "POST, OPTIONS")
	case !ok || !id.Valid(idPrefix, name):
		return notFound()
	}
	switch method {
	case http.MethodHead:
		return h.head(w, r, owner, name)
	case http.MethodPatch:
		return h.patch(w, r, owner, name)
	case http.MethodDelete:
		return h.terminate(w, r, owner, name)
	}
	return notAllowed(w, "HEAD, PATCH, DELETE, OPTIONS")
}

func (h *Handler) options(w http.ResponseWriter) {
	w.Header().Set("Tus-Version", version)
	w.Header().Set("Tus-Extension", extensions)
	w.Header().Set("Tus-Max-Size", strconv.FormatInt(h.MaxSize, 10))
	w.Header().Set("Tus-Checksum-Algorithm", "sha1,sha256")
	w.WriteHeader(http.StatusNoContent)
}

// own reads the row of an upload that must be the owner's and not expired.
func (h *Handler) own(ctx context.Context, owner, name string) (Upload, error) {
	u, err := h.Store.Get(ctx, name)
	switch {
	case errs.Is(err, errs.NotFound) || err == nil && u.Owner != owner:
		return Upload{}, notFound()
	case err != nil:
		return Upload{}, fmt.Errorf("read upload %s: %w", name, err)
	case !h.Clock.Now().Before(u.ExpiresAt):
		return Upload{}, errs.New(errs.Gone, "upload_expired", "this upload was left for too long; start it again")
	}
	return u, nil
}

// path of the bytes under way. Ids are validated, so they cannot leave the directory.
func (h *Handler) path(name string) string { return filepath.Join(h.Dir, name+".part") }

// progress tells the client how far the upload is.
func progress(w http.ResponseWriter, u Upload) {
	w.Header().Set("Upload-Offset", strconv.FormatInt(u.Offset, 10))
	if !u.Done {
		w.Header().Set("Upload-Expires", u.ExpiresAt.UTC().Format(http.TimeFormat))
	}
}
