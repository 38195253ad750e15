package tus

import (
	"net/http"
	"strconv"
)

// head answers HEAD: where to go on. Only a client that lost its connection asks, so a writer
// that is still there is ended first and its bytes are counted.
func (h *Handler) head(w http.ResponseWriter, r *http.Request, owner, name string) error {
	if _, err := h.own(r.Context(), owner, name); err != nil {
		return err
	}
	_, release, err := h.leases.acquire(r.Context(), w, name, true)
	if err != nil {
		return err
	}
	defer release()
	u, err := h.own(r.Context(), owner, name) // again: the last writer has just saved
	if err != nil {
		return err
	}
	if u, err = h.settle(r.Context(), u); err != nil {
		return err
	}
	w.Header().Set("Upload-Length", strconv.FormatInt(u.Length, 10))
	if m := metadataOf(u); m != "" {
		w.Header().Set("Upload-Metadata", m)
	}
	progress(w, u)
	w.WriteHeader(http.StatusOK)
	return nil
}

// terminate answers DELETE: the client gives up, and a writer under way is ended.
func (h *Handler) terminate(w http.ResponseWriter, r *http.Request, owner, name string) error {
	if _, err := h.own(r.Context(), owner, name); err != nil {
		return err
	}
	_, release, err := h.leases.acquire(r.Context(), w, name, true)
	if err != nil {
		return err
	}
	defer release()
	if _, err := h.own(r.Context(), owner, name); err != nil {
		return err
	}
	if err := h.discard(r.Context(), name); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
