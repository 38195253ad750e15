package tus

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
)

// create answers POST: a new upload, with its first bytes when the request carries some.
func (h *Handler) create(w http.ResponseWriter, r *http.Request, owner string) error {
	if r.Header.Get("Upload-Defer-Length") != "" {
		return malformed("Upload-Length", "the length must be known when the upload is created")
	}
	length, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
	switch {
	case err != nil || length < 0:
		return malformed("Upload-Length", "Upload-Length must be a number of bytes")
	case length == 0:
		return errs.New(errs.Invalid, "file_empty", "the file is empty; choose another")
	case length > h.MaxSize:
		return at(http.StatusRequestEntityTooLarge, errs.New(errs.Invalid, "file_too_large",
			"the file is larger than %d MB; export it smaller", h.MaxSize>>20).With("max_bytes", h.MaxSize).With("mb", h.MaxSize>>20))
	}
	filename, kind, ok := metadata(r.Header.Get("Upload-Metadata"))
	if !ok {
		return malformed("Upload-Metadata", "Upload-Metadata must be pairs of a key and base64, at most 4 KB")
	}
	now := h.Clock.Now().Truncate(time.Millisecond)
	u := Upload{ID: h.IDs.New(idPrefix), Owner: owner, Length: length, Filename: filename, MIME: kind,
		CreatedAt: now, ExpiresAt: now.Add(h.TTL)}
	if err := h.makeFile(u.ID); err != nil {
		return err
	}
	// The row comes second: a crash in between leaves an empty file, which Sweep removes.
	if err := h.Store.Create(r.Context(), u); err != nil {
		return errors.Join(err, h.removeFile(u.ID))
	}
	w.Header().Set("Location", h.Path+u.ID)
	if r.Header.Get("Content-Type") != chunkType {
		progress(w, u)
		w.WriteHeader(http.StatusCreated)
		return nil
	}
	l, release, err := h.leases.acquire(r.Context(), w, u.ID, false)
	if err != nil {
		return err
	}
	defer release()
	if u, err = h.receive(r, l, u); err != nil {
		return err
	}
	progress(w, u)
	w.WriteHeader(http.StatusCreated)
	return nil
}

// makeFile creates the empty file and makes its name durable.
func (h *Handler) makeFile(name string) error {
	f, err := os.OpenFile(h.path(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create upload file: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("create upload file: %w", err)
	}
	dir, err := os.Open(h.Dir)
	if err != nil {
		return fmt.Errorf("open upload directory: %w", err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (h *Handler) removeFile(name string) error {
	if err := os.Remove(h.path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove upload file: %w", err)
	}
	return nil
}

// discard deletes an upload, the row first: a file without a row is found by Sweep.
func (h *Handler) discard(ctx context.Context, name string) error {
	if err := h.Store.Delete(ctx, name); err != nil {
		return fmt.Errorf("delete upload %s: %w", name, err)
	}
	return h.removeFile(name)
}
