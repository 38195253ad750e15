package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	minKey = 8
	maxKey = 128
	// maxReplay bounds an idempotent request's body and its stored answer.
	maxReplay = 1 << 20
	// takeOver is when a request that never finished (a crash) may be tried again under its key.
	takeOver = 60 * time.Second
	// waitTurn is how long a duplicate waits for the first request's answer.
	waitTurn  = 10 * time.Second
	pollTurn  = 40 * time.Millisecond
	keepForMS = 48 * 60 * 60 * 1000
)

type storedAnswer struct {
	operation, bodyHash, contentType, answer string
	status, createdAt                        int64
}

// serveOnce runs an operation at most once per (user, key) and replays its answer to repeats.
func (r *Router) serveOnce(w http.ResponseWriter, req *http.Request, pattern string, op Op) {
	ctx := req.Context()
	key := req.Header.Get("Idempotency-Key")
	if len(key) < minKey || len(key) > maxKey || !storable(key) {
		r.WriteError(w, req, errs.ForProgram(errs.Invalid, "idempotency_key_missing", "send an Idempotency-Key header of %d to %d characters, one per intended effect", minKey, maxKey).In("Idempotency-Key"))
		return
	}
	askedIn(ctx).key = key
	if op.DomainIdempotent {
		r.mux.ServeHTTP(w, req)
		return
	}
	a, err := actorOf(ctx)
	if err != nil {
		r.WriteError(w, req, err)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxReplay))
	if err != nil {
		r.WriteError(w, req, errs.New(errs.Invalid, "body_too_large", "the request is larger than %d bytes", maxReplay))
		return
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	sum := sha256.Sum256(append([]byte(req.URL.Path+"\n"), body...))
	hash := hex.EncodeToString(sum[:])
	first, old, err := r.claim(ctx, a.UserID, key, pattern, hash)
	switch {
	case err != nil:
		r.WriteError(w, req, err)
	case !first:
		w.Header().Set("Content-Type", old.contentType)
		w.Header().Set("Idempotent-Replay", "true")
		w.WriteHeader(int(old.status))
		if answer, err := base64.StdEncoding.DecodeString(old.answer); err == nil {
			_, _ = w.Write(answer) // the client has gone: nothing is lost, the answer stays stored
		}
	default:
		r.runAndStore(w, req, a.UserID, key)
	}
}

// claim reports first when the caller shall run the operation; otherwise it waits for the stored answer.
func (r *Router) claim(ctx context.Context, owner, key, pattern, hash string) (first bool, old storedAnswer, err error) {
	deadline := r.deps.Clock.Now().Add(waitTurn)
	for {
		now := r.deps.Clock.Now().UnixMilli()
		n, err := r.deps.DB.Exec(ctx, `INSERT INTO server_idempotency (owner, key, operation, body_hash, status, content_type, answer, created_at, node)
			VALUES ($1,$2,$3,$4,0,'','',$5,$6) ON CONFLICT (owner, key) DO NOTHING`, owner, key, pattern, hash, now, r.deps.Node)
		if err != nil || n == 1 {
			return n == 1, old, err
		}
		old, found, err := db.Get(ctx, r.deps.DB, func(row db.Row) (v storedAnswer, err error) {
			err = row.Scan(&v.operation, &v.bodyHash, &v.status, &v.contentType, &v.answer, &v.createdAt)
			return v, err
		}, `SELECT operation, body_hash, status, content_type, answer, created_at FROM server_idempotency WHERE owner = $1 AND key = $2`, owner, key)
		switch {
		case err != nil:
			return false, old, err
		case !found: // the first try failed and freed the key
			continue
		case old.operation != pattern || old.bodyHash != hash:
			return false, old, errs.New(errs.Conflict, "idempotency_key_reused", "this Idempotency-Key was used for another request; make a new key").In("Idempotency-Key")
		case old.status != 0:
			return false, old, nil
		case now-old.createdAt > takeOver.Milliseconds():
			n, err := r.deps.DB.Exec(ctx, `UPDATE server_idempotency SET created_at = $1, node = $2 WHERE owner = $3 AND key = $4 AND status = 0 AND created_at = $5`, now, r.deps.Node, owner, key, old.createdAt)
			if err != nil || n == 1 {
				return n == 1, old, err
			}
		}
		if r.deps.Clock.Now().After(deadline) {
			return false, old, errs.New(errs.Busy, "still_working", "the first request with this key is still running; ask again").After(1000)
		}
		select {
		case <-r.deps.Clock.After(pollTurn):
		case <-ctx.Done():
			return false, old, ctx.Err()
		}
	}
}

func (r *Router) runAndStore(w http.ResponseWriter, req *http.Request, owner, key string) {
	rec := &recorder{header: w.Header(), status: http.StatusOK}
	kept := false
	// The outcome is stored even when the client hangs up: that is what the key is for.
	ctx := context.WithoutCancel(req.Context())
	defer func() {
		if !kept {
			if _, err := r.deps.DB.Exec(ctx, `DELETE FROM server_idempotency WHERE owner = $1 AND key = $2 AND status = 0`, owner, key); err != nil {
				r.log.ErrorContext(ctx, "free idempotency key", "err", err)
			}
		}
	}()
	r.mux.ServeHTTP(rec, req.WithContext(ctx))
	if rec.status < 500 && rec.status != http.StatusTooManyRequests && rec.status != http.StatusUnauthorized && rec.body.Len() <= maxReplay {
		_, err := r.deps.DB.Exec(ctx, `UPDATE server_idempotency SET status = $1, content_type = $2, answer = $3 WHERE owner = $4 AND key = $5`,
			rec.status, rec.header.Get("Content-Type"), base64.StdEncoding.EncodeToString(rec.body.Bytes()), owner, key)
		kept = err == nil
		if err != nil {
			r.log.ErrorContext(ctx, "store idempotent answer", "err", err)
		}
	}
	w.WriteHeader(rec.status)
	_, _ = w.Write(rec.body.Bytes()) // the client has gone: the answer is stored
}

// FreeKeys gives up the keys of requests that were cut off in this node's last life, at once instead of after a
// minute. Call it before the node serves.
func (r *Router) FreeKeys(ctx context.Context) error {
	_, err := r.deps.DB.Exec(ctx, `DELETE FROM server_idempotency WHERE status = 0 AND node = $1`, r.deps.Node)
	return err
}

// ForgetAnswers drops stored answers older than two days. Run it now and then.
func (r *Router) ForgetAnswers(ctx context.Context) error {
	_, err := r.deps.DB.Exec(ctx, `DELETE FROM server_idempotency WHERE created_at < $1`, r.deps.Clock.Now().UnixMilli()-keepForMS)
	return err
}

// recorder holds an answer back until it is stored. Headers go straight to the real answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
	wrote  bool
}

func (r *recorder) Header() http.Header { return r.header }
func (r *recorder) WriteHeader(s int) {
	if !r.wrote {
		r.status, r.wrote = s, true
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.wrote = true
	return r.body.Write(b)
}
