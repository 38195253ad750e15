package server

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// partTypes are what pages are made of and no browser opens as a document; an SVG is one.
var partTypes = map[string]bool{".js": true, ".css": true, ".woff2": true}

// MountWeb serves the built web app: hashed assets forever, index.html for viewer paths and console.html
// for /console. Without a build (a bare `go run`) it says how to make one.
func (r *Router) MountWeb(dist fs.FS) {
	files := http.FileServerFS(dist)
	texts := &zipped{dist: dist, done: map[string][]byte{}}
	h := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		asPage(w.Header())
		name := strings.TrimPrefix(path.Clean(req.URL.Path), "/")
		if strings.HasPrefix(name, "api/") || strings.HasPrefix(name, "media/") {
			r.WriteError(w, req, errNoRoute) // a client that asks for data must not get a page
			return
		}
		if info, err := fs.Stat(dist, name); err == nil && !info.IsDir() && !strings.HasSuffix(name, ".html") {
			if strings.HasPrefix(name, "assets/") {
				w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
				if partTypes[path.Ext(name)] {
					asPart(w.Header())
				}
			}
			// The system's own table may not know a type (.webmanifest is text/plain on most),
			// and browsers obey what we say because of nosniff.
			if kind, ok := textTypes[path.Ext(name)]; ok {
				w.Header().Set("Content-Type", kind)
			}
			if !texts.serve(w, req, name) {
				files.ServeHTTP(w, req)
			}
			return
		}
		if ext := path.Ext(name); ext != "" && ext != ".html" && (strings.HasPrefix(name, "assets/") || !strings.Contains(name, "/")) {
			// A stale page asking for a script of an older build must not get HTML, nor must a browser
			// that guesses /favicon.ico. Deeper paths may hold a dot of their own: handles do.
			http.NotFound(w, req)
			return
		}
		page := "index.html"
		if name == "console" || strings.HasPrefix(name, "console/") {
			page = "console.html"
		}
		servePage(w, req, dist, page)
	})
	r.Handle("GET /", Public, "the web app", h)
}

func servePage(w http.ResponseWriter, req *http.Request, dist fs.FS, page string) {
	body, err := fs.ReadFile(dist, page)
	if err != nil {
		body = []byte(`<!doctype html><meta charset="utf-8"><title>Hawker</title><p>The API is up. The web app is not built into this binary: run <code>make run</code>, which builds both.`)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, req, page, time.Time{}, bytes.NewReader(body))
}
