package liveapi

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/live/fanout"
)

var (
	errViewer     = errs.ForProgram(errs.Invalid, "viewer_missing", "send ?viewer= with 8 to 64 random characters").In("viewer")
	errForeign    = errs.New(errs.Denied, "foreign_origin", "this request came from another site; open the page on this site and try again")
	errRestarting = errs.New(errs.Busy, "server_restarting", "the server is restarting; try again in a moment").After(1000)
)

// socket sends a keyframe and then every tick as it is sealed; see package fanout.
func (h *door) socket(w http.ResponseWriter, req *http.Request) {
	room, viewer := req.PathValue("id"), req.URL.Query().Get("viewer")
	if len(viewer) < 8 || len(viewer) > 64 {
		h.router.WriteError(w, req, errViewer)
		return
	}
	hs, err := fanout.Check(req, h.PublicURL())
	var bad *fanout.HandshakeError
	switch {
	case errors.As(err, &bad):
		w.Header().Set("Sec-WebSocket-Version", "13")
		http.Error(w, bad.Reason, bad.Status)
		return
	case err != nil:
		h.router.WriteError(w, req, errForeign)
		return
	}
	key, at, leave, err := h.Live.Join(room, viewer, live.SourceOf(req.URL.Query().Get("from")))
	if err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	err = h.Sockets.Serve(w, hs, fanout.Seat{Room: fmt.Sprint(room, "-", at.Tick.Epoch), First: fanout.Message{N: key.N, Body: key.Body}, Chain: &chain{at}, Leave: leave})
	if errors.Is(err, fanout.ErrClosing) {
		h.router.WriteError(w, req, errRestarting)
	}
}

// chain follows a room's ticks.
type chain struct{ at *live.Sealed }

func (c *chain) Next(stop <-chan struct{}) (fanout.Message, bool) {
	select {
	case <-c.at.Next:
	case <-stop:
		return fanout.Message{}, false
	}
	c.at = c.at.Following()
	return fanout.Message{N: c.at.Tick.N, Body: c.at.Body, Last: c.at.Tick.Over()}, true
}
