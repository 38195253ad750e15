package liveapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
)

const immutable = "public, max-age=31536000, immutable"

var errAddress = errs.ForProgram(errs.NotFound, "tick_address", "ticks are addressed as epoch-number, or epoch-first-last")

// head is what a clock-paced reader starts from.
type head struct {
	Epoch  int64 `json:"e"`
	N      int64 `json:"n"`
	At     int64 `json:"at"`
	Next   int64 `json:"next"`
	Period int64 `json:"p"`
	Jitter int64 `json:"j"`
	Key    int64 `json:"key"`
}

func (h *door) head(w http.ResponseWriter, req *http.Request) {
	t, key, err := h.Live.Head(req.PathValue("id"))
	if err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	body, err := json.Marshal(head{t.Epoch, t.N, t.At, t.Next, t.Period, t.Jitter, key})
	if err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	h.send(w, req, "public, max-age=1", body)
}

// numbers reads "3-17" as 3, 17.
func numbers(s string, least, most int) ([]int64, bool) {
	parts := strings.Split(s, "-")
	if len(parts) < least || len(parts) > most {
		return nil, false
	}
	out := make([]int64, len(parts))
	for i, p := range parts {
		v, err := strconv.ParseInt(p, 10, 64)
		if err != nil || v < 0 {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

func (h *door) ticks(w http.ResponseWriter, req *http.Request) {
	n, ok := numbers(req.PathValue("range"), 2, 3)
	if !ok {
		h.router.WriteError(w, req, errAddress)
		return
	}
	var body []byte
	var err error
	if len(n) == 2 {
		body, err = h.Live.Tick(req.Context(), req.PathValue("id"), n[0], n[1])
	} else {
		body, err = h.bundle(req.Context(), req.PathValue("id"), n[0], n[1], n[2])
	}
	if err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	h.send(w, req, immutable, body)
}

func (h *door) bundle(ctx context.Context, room string, epoch, a, b int64) ([]byte, error) {
	list, err := h.Live.Ticks(ctx, room, epoch, a, b)
	if err != nil {
		return nil, err
	}
	out := []byte(`{"ticks":[`)
	for i, t := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, t...)
	}
	return append(out, "]}"...), nil
}

func (h *door) key(w http.ResponseWriter, req *http.Request) {
	n, ok := numbers(req.PathValue("key"), 2, 2)
	if !ok {
		h.router.WriteError(w, req, errAddress)
		return
	}
	body, err := h.Live.Key(req.Context(), req.PathValue("id"), n[0], n[1])
	if err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	h.send(w, req, immutable, body)
}

func (h *door) chunk(w http.ResponseWriter, req *http.Request) {
	k, ok := numbers(req.PathValue("k"), 1, 1)
	if !ok {
		h.router.WriteError(w, req, errAddress)
		return
	}
	body, err := h.Live.Chunk(req.Context(), req.PathValue("id"), k[0])
	if err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	h.send(w, req, "public, max-age=300", body) // not forever: a removed comment leaves the replay too
}
