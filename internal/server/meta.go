package server

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/hawker-live/hawker/internal/errs"
)

//go:embed docs/docs.html
var docsPage []byte

//go:embed docs/docs.js
var docsScript []byte

//go:embed docs/docs.css
var docsStyle []byte

// MountMeta serves health, the OpenAPI document and its reader. ready says whether work can be taken.
func (r *Router) MountMeta(ready func(ctx context.Context) error) {
	r.Handle("GET /healthz", Public, "the process is alive", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
	}))
	r.Handle("GET /readyz", Public, "the process can take work", http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if err := ready(req.Context()); err != nil {
			why := "not ready"
			if e := (*errs.Error)(nil); errors.As(err, &e) {
				why += ": " + e.Message
			}
			plain(w, http.StatusServiceUnavailable, "text/plain; charset=utf-8", []byte(why+"\n"))
			return
		}
		plain(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
	}))
	r.Handle("GET /openapi.json", Public, "the API document", http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		doc, err := r.Document()
		if err != nil {
			r.WriteError(w, req, err)
			return
		}
		plain(w, http.StatusOK, "application/json", doc)
	}))
	r.Handle("GET /docs", Public, "the API document, readable", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asPage(w.Header())
		plain(w, http.StatusOK, "text/html; charset=utf-8", docsPage)
	}))
	r.Handle("GET /docs/docs.css", Public, "looks of the API reader", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, "text/css; charset=utf-8", docsStyle)
	}))
	r.Handle("GET /docs/docs.js", Public, "script of the API reader", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, "text/javascript; charset=utf-8", docsScript)
	}))
}

// Document is the OpenAPI 3.1 document, indented and stable, as committed in api/openapi.json.
func (r *Router) Document() ([]byte, error) {
	doc, err := json.MarshalIndent(r.OpenAPI(), "", "  ")
	return append(doc, '\n'), err
}

func plain(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body) // the reader has gone
}
