package mediaapi

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/media"
	"github.com/hawker-live/hawker/internal/media/tus"
	"github.com/hawker-live/hawker/internal/media/wire"
	"github.com/hawker-live/hawker/internal/server"
)

// UploadPath is where resumable uploads are mounted.
const UploadPath = "/api/v1/media/uploads/"

// Deps is what the door needs.
type Deps struct {
	Media     *media.Service
	Wire      *wire.Server // takes over connections that fetch live media; nil leaves them to net/http
	UploadDir string       // for files under way
	Clock     clock.Clock
	IDs       *id.Source
	Log       *slog.Logger
}

type door struct {
	Deps
	router *server.Router
}

// Mount registers the media operations and returns the upload handler, whose Sweep the caller schedules.
func Mount(r *server.Router, d Deps) (*tus.Handler, error) {
	h := &door{Deps: d, router: r}
	const tag, base = "media", "/api/v1/media"
	server.Register(r, server.Op{ID: "asset-get", Method: http.MethodGet, Path: base + "/assets/{id}", Tag: tag, Summary: "An uploaded file of mine", Allow: server.SignedIn}, h.asset)
	r.Handle("POST "+base+"/images", server.SignedIn, "Add a picture: a JPEG, PNG or WebP body of at most 8 MiB", http.HandlerFunc(h.addImage))

	up, err := tus.New(tus.Deps{
		Store: d.Media.Uploads(), Dir: d.UploadDir, Path: UploadPath, MaxSize: media.MaxUploadBytes, TTL: media.UploadTTL,
		Clock: d.Clock, IDs: d.IDs, Log: d.Log, OnFinish: d.Media.Uploads().Finish,
		Owner: func(req *http.Request) (string, error) {
			a := server.ActorFrom(req.Context())
			if a.Anonymous() {
				return "", identity.ErrSignIn
			}
			return a.UserID, nil
		},
	})
	if err != nil {
		return nil, err
	}
	named := nameAssets(up)
	exact := strings.TrimSuffix(UploadPath, "/")
	r.Handle("POST "+exact, server.SignedIn, "Begin a resumable upload (tus 1.0); the answer names its asset in Hawker-Asset-Id", trailing(named))
	r.Handle("OPTIONS "+exact, server.Public, "tus capabilities", trailing(named))
	for method, why := range map[string]string{http.MethodHead: "Ask how much of an upload has arrived", http.MethodPatch: "Send the next bytes of an upload", http.MethodDelete: "Cancel an upload", http.MethodOptions: "tus capabilities"} {
		allow := server.SignedIn
		if method == http.MethodOptions {
			allow = server.Public
		}
		r.Handle(method+" "+UploadPath+"{id}", allow, why, named)
	}

	for pattern, serve := range map[string]http.HandlerFunc{
		livePath: h.live, "/media/vod/{asset}/{name}": h.vod, "/media/rec/{recordings}/{name}": h.recording, "/media/img/{asset}": h.image,
	} {
		r.Handle(http.MethodGet+" "+pattern, server.Public, "immutable media objects", serve)
		r.Handle("OPTIONS "+pattern, server.Public, "any page may play our media", http.HandlerFunc(preflight))
	}
	return up, nil
}

// trailing gives the tus handler the creation path in the form it is mounted at.
func trailing(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		req2 := req.Clone(req.Context())
		req2.URL.Path = UploadPath
		h.ServeHTTP(w, req2)
	})
}

// nameAssets adds the id of the asset an upload becomes to every answer that names the upload.
func nameAssets(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if upload := req.PathValue("id"); upload != "" {
			w.Header().Set(assetHeader, media.AssetOfUpload(upload))
		}
		h.ServeHTTP(&namingWriter{ResponseWriter: w}, req)
	})
}

const assetHeader = "Hawker-Asset-Id"

type namingWriter struct{ http.ResponseWriter }

func (w *namingWriter) WriteHeader(status int) {
	if loc := w.Header().Get("Location"); loc != "" {
		w.Header().Set(assetHeader, media.AssetOfUpload(loc[strings.LastIndexByte(loc, '/')+1:]))
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *namingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func preflight(w http.ResponseWriter, _ *http.Request) {
	open(w)
	w.Header().Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	w.Header().Set("Access-Control-Allow-Headers", "Range")
	w.Header().Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// open lets players on any site fetch the object and read its length.
func open(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Expose-Headers", "Content-Length, Content-Range")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// Video is how a playable upload is reached.
type Video struct {
	HLSURL     string `json:"hlsUrl" maxLength:"256"`
	FileURL    string `json:"fileUrl" maxLength:"256" doc:"progressive MP4, moov first"`
	DurationMS int64  `json:"durationMs"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
}

// Asset is an uploaded file as its owner sees it.
type Asset struct {
	ID         string `json:"id" maxLength:"64"`
	Kind       string `json:"kind" enum:"video,image"`
	State      string `json:"state" enum:"uploading,ready,refused"`
	Code       string `json:"code,omitempty" maxLength:"64" doc:"why it was refused"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	DurationMS int64  `json:"durationMs"`
	Video      *Video `json:"video,omitempty"`
	ImageURL   string `json:"imageUrl,omitempty" maxLength:"256"`
}

// VideoOf renders a ready video asset.
func VideoOf(a media.Asset) *Video {
	base := "/media/vod/" + a.ID
	return &Video{HLSURL: base + "/index.m3u8", FileURL: base + "/file.mp4", DurationMS: a.DurationMS, Width: a.Width, Height: a.Height}
}

func assetOf(a media.Asset) Asset {
	out := Asset{ID: a.ID, Kind: string(a.Kind), State: string(a.State), Code: a.Code, Width: a.Width, Height: a.Height, DurationMS: a.DurationMS}
	if a.State == media.Ready {
		if a.Kind == media.Video {
			out.Video = VideoOf(a)
		} else {
			out.ImageURL = "/media/img/" + a.ID
		}
	}
	return out
}

type assetIn struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *door) asset(ctx context.Context, in *assetIn) (*struct{ Body Asset }, error) {
	a, err := h.Media.Asset(ctx, in.ID)
	if err == nil && a.Owner != server.ActorFrom(ctx).UserID {
		err = media.ErrNoAsset
	}
	if err != nil {
		return nil, err
	}
	return &struct{ Body Asset }{assetOf(a)}, nil
}
