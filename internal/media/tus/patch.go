package tus

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"

	"github.com/hawker-live/hawker/internal/errs"
)

// patch answers PATCH: more bytes at the end.
func (h *Handler) patch(w http.ResponseWriter, r *http.Request, owner, name string) error {
	if r.Header.Get("Content-Type") != chunkType {
		return at(http.StatusUnsupportedMediaType, errs.New(errs.Unsupported, "request_invalid", "send %s", chunkType))
	}
	offset, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 {
		return malformed("Upload-Offset", "Upload-Offset must be a number of bytes")
	}
	if _, err := h.own(r.Context(), owner, name); err != nil {
		return err
	}
	l, release, err := h.leases.acquire(r.Context(), w, name, false)
	if err != nil {
		return err
	}
	defer release()
	u, err := h.own(r.Context(), owner, name)
	if err != nil {
		return err
	}
	if u, err = h.settle(r.Context(), u); err != nil {
		return err
	}
	if offset != u.Offset {
		progress(w, u)
		return at(http.StatusConflict, errs.ForProgram(errs.Conflict, "offset_mismatch",
			"the upload goes on at byte %d", u.Offset).With("offset", u.Offset))
	}
	if u, err = h.receive(r, l, u); err != nil {
		return err
	}
	progress(w, u)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// settle brings row and file together after a crash, and finishes an upload whose last byte had
// arrived. The lease is held.
func (h *Handler) settle(ctx context.Context, u Upload) (Upload, error) {
	if u.Done {
		return u, nil
	}
	info, err := os.Stat(h.path(u.ID))
	if errors.Is(err, os.ErrNotExist) && u.Offset < u.Length {
		return u, errors.Join(errs.New(errs.Gone, "upload_expired", "this upload was lost; start it again"), h.discard(ctx, u.ID))
	}
	if err == nil && info.Size() < u.Offset {
		u.Offset = info.Size()
		if err := h.Store.SetOffset(ctx, u.ID, u.Offset, false); err != nil {
			return u, fmt.Errorf("record upload %s: %w", u.ID, err)
		}
	}
	if u.Offset == u.Length { // also without a file: OnFinish may have moved it before a crash
		return h.finish(ctx, u)
	}
	return u, nil
}

// finish hands the whole file over. The lease is held, so it runs once.
func (h *Handler) finish(ctx context.Context, u Upload) (Upload, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishLimit)
	defer cancel()
	if err := h.OnFinish(ctx, u, h.path(u.ID)); err != nil {
		if kind := errs.KindOf(err); kind == errs.Internal || kind == errs.Busy {
			return u, fmt.Errorf("finish upload %s: %w", u.ID, err)
		}
		return u, errors.Join(err, h.discard(ctx, u.ID))
	}
	u.Done = true
	if err := h.Store.SetOffset(ctx, u.ID, u.Length, true); err != nil {
		return u, fmt.Errorf("record upload %s: %w", u.ID, err)
	}
	return u, h.removeFile(u.ID)
}
