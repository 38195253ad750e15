package mediaapi

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/media/wire"
	"github.com/hawker-live/hawker/internal/server"
)

const (
	forever = "public, max-age=31536000, immutable"
	// soon is for what grows: a recording under way.
	soon = "public, max-age=1"
)

// pageOnly are headers the server gives every answer and only documents need.
var pageOnly = []string{"Content-Security-Policy", "Referrer-Policy", "Cross-Origin-Opener-Policy"}

// inert takes from live media what protects a page: it says nothing about a segment, and half of the answer's head
// would be that.
func inert(h http.Header) {
	for _, name := range pageOnly {
		delete(h, name)
	}
}

const livePath = "/media/live/{session}/{name}"

// NewWire makes the loops that take over connections that fetch live media. mind, which may be nil, changes what the
// door has no opinion on: threads and limits.
func NewWire(r *server.Router, m *media.Service, c clock.Clock, log *slog.Logger, mind func(*wire.Deps)) *wire.Server {
	d := wire.Deps{Clock: c, Log: log, Book: r, Pattern: http.MethodGet + " " + livePath, Origin: m.Origin,
		Dress: func(h http.Header, requestID string) {
			r.SecureHeaders(h, livePath, requestID)
			inert(h)
		}}
	if mind != nil {
		mind(&d)
	}
	return wire.New(d)
}

func (h *door) live(w http.ResponseWriter, req *http.Request) {
	origin, err := h.Media.Origin(req.PathValue("session"))
	if err != nil {
		h.lost(w, req, err)
		return
	}
	inert(w.Header())
	origin.Serve(w, req, req.PathValue("name"))
	if h.Wire != nil {
		h.Wire.Adopt(w, req)
	}
}

func (h *door) vod(w http.ResponseWriter, req *http.Request) {
	stream, release, err := h.Media.Movie(req.Context(), req.PathValue("asset"))
	if err != nil {
		h.lost(w, req, err)
		return
	}
	defer release()
	if err := stream.Serve(w, req, req.PathValue("name")); err != nil {
		h.lost(w, req, err)
	}
}

// maxJoined recordings in one replay: one per restart of the server during a broadcast.
const maxJoined = 32

// recording serves rec/{id~id…}/index.m3u8 and rec/{id}/seg-N.m4s, init-N.mp4.
func (h *door) recording(w http.ResponseWriter, req *http.Request) {
	ids, name := strings.Split(req.PathValue("recordings"), "~"), req.PathValue("name")
	if name != "index.m3u8" {
		h.object(w, req, "rec/"+ids[0]+"/"+name, mediaType(name))
		return
	}
	if len(ids) > maxJoined {
		h.lost(w, req, errs.ForProgram(errs.Invalid, "too_many_recordings", "a replay joins at most %d recordings", maxJoined))
		return
	}
	var recs []media.Recording
	ended := true
	for _, id := range ids {
		rec, err := h.Media.Recording(req.Context(), id)
		if err != nil {
			h.lost(w, req, err)
			return
		}
		ended = ended && rec.Ended
		recs = append(recs, rec)
	}
	open(w)
	w.Header().Set("Content-Type", "application/vnd.apple.mpegurl")
	w.Header().Set("Cache-Control", soon)
	if ended {
		w.Header().Set("Cache-Control", "public, max-age=60")
	}
	http.ServeContent(w, req, name, time.Time{}, strings.NewReader(media.Playlist(recs...)))
}

func mediaType(name string) string {
	if strings.HasSuffix(name, ".mp4") {
		return "video/mp4"
	}
	return "video/iso.segment"
}

func (h *door) image(w http.ResponseWriter, req *http.Request) {
	a, err := h.Media.Asset(req.Context(), req.PathValue("asset"))
	if err == nil && (a.Kind != media.Image || a.State != media.Ready) {
		err = media.ErrNoAsset
	}
	if err != nil {
		h.lost(w, req, err)
		return
	}
	h.object(w, req, a.BlobKey, a.ContentType)
}

func (h *door) object(w http.ResponseWriter, req *http.Request, key, contentType string) {
	o, err := h.Media.Blobs.Open(req.Context(), key)
	if err != nil {
		h.lost(w, req, err)
		return
	}
	defer func() { _ = o.Close() }() // read only
	open(w)
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", forever)
	http.ServeContent(w, req, "", time.Time{}, o)
}

// lost answers a miss so that caches forget it soon: the object may be about to appear.
func (h *door) lost(w http.ResponseWriter, req *http.Request, err error) {
	open(w)
	h.router.WriteError(w, req, err)
}

func (h *door) addImage(w http.ResponseWriter, req *http.Request) {
	body := http.MaxBytesReader(w, req.Body, media.MaxImageBytes+1)
	a, err := h.Media.AddImage(req.Context(), server.ActorFrom(req.Context()).UserID, body)
	if err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	_, _ = io.Copy(io.Discard, body) // a short rest keeps the connection usable
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	if err := json.NewEncoder(w).Encode(assetOf(a)); err != nil {
		h.Log.DebugContext(req.Context(), "answer picture", "err", fmt.Errorf("write: %w", err))
	}
}
