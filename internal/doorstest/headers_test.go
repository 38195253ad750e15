package doorstest

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"github.com/hawker-live/hawker/web"
)

// directive of a Content-Security-Policy.
func directive(policy, name string) string {
	for d := range strings.SplitSeq(policy, ";") {
		if key, rest, _ := strings.Cut(strings.TrimSpace(d), " "); key == name {
			return rest
		}
	}
	return ""
}

// careful fails when an answer lacks a header that every answer carries.
func careful(t *testing.T, what string, a answer) {
	t.Helper()
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %s is %q, want %q", what, name, got, want)
		}
	}
	csp := a.header.Get("Content-Security-Policy")
	if directive(csp, "frame-ancestors") != "'none'" || directive(csp, "base-uri") != "'none'" {
		t.Errorf("%s: may be framed or rebased: %q", what, csp)
	}
	if p := a.header.Get("Permissions-Policy"); !strings.Contains(p, "geolocation=()") || !strings.Contains(p, "camera=(self)") {
		t.Errorf("%s: permissions %q", what, p)
	}
	for _, name := range []string{"script-src", "default-src", "style-src"} {
		if strings.Contains(directive(csp, name), "unsafe") || strings.Contains(directive(csp, name), "*") {
			t.Errorf("%s: %s is %q", what, name, directive(csp, name))
		}
	}
	if a.header.Get("Content-Type") == "" && len(a.body) > 0 {
		t.Errorf("%s: %d bytes without a type", what, len(a.body))
	}
}

// inert fails when an answer, opened by itself, could run or load anything.
func inert(t *testing.T, what string, a answer) {
	t.Helper()
	csp := a.header.Get("Content-Security-Policy")
	if directive(csp, "default-src") != "'none'" || !strings.Contains(csp, "sandbox") {
		t.Errorf("%s: not inert: %q", what, csp)
	}
	if kind := a.header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") || strings.Contains(kind, "svg") || strings.Contains(kind, "javascript") {
		t.Errorf("%s: comes as %q", what, kind)
	}
}

func TestHeaders_OnEveryRouteAndStaticFile(t *testing.T) {
	w := newWorld(t)
	p := w.join("owner")
	pages, answers := 0, 0
	for _, r := range w.Router.Routes {
		method, path, _ := strings.Cut(r.Pattern, " ")
		if strings.HasSuffix(path, "/sign-out") || strings.HasSuffix(path, "/sign-out-everywhere") {
			continue
		}
		a := w.ask(p, call{method: method, path: w.plainAddress(path)})
		careful(t, r.Pattern, a)
		if strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/media/") || strings.HasPrefix(path, "/sandbox-bank/") {
			inert(t, r.Pattern, a)
		}
		if strings.HasPrefix(path, "/api/") && method == "GET" && a.status == 200 && a.header.Get("Cache-Control") == "" {
			t.Errorf("%s: does not say who may keep it", r.Pattern)
		}
		answers++
	}
	dist, err := fs.Sub(web.Dist, "dist")
	if err != nil {
		t.Fatal(err)
	}
	visit := func(path string) {
		a := w.ask(nil, call{method: "GET", path: path})
		if kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";"); strings.HasPrefix(path, "/assets/") && (kind == "text/javascript" || kind == "text/css" || kind == "font/woff2") {
			part(t, path, a)
			return
		}
		careful(t, path, a)
		if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			pages++
			page(t, path, a)
		}
	}
	for _, path := range []string{"/", "/console", "/console/shop", "/live/rom_x", "/docs", "/no/such/page", "/<script>"} {
		visit(path)
	}
	files := 0
	if err := fs.WalkDir(dist, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			visit("/" + path)
			files++
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d routes, %d static files, %d pages", answers, files, pages)
}

// part fails when a script or style could be taken for something else, or weighs its page down with the words a
// document needs.
func part(t *testing.T, path string, a answer) {
	t.Helper()
	if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("%s: %v", path, a.header)
	}
	if a.header.Get("Content-Security-Policy") != "" || a.header.Get("Permissions-Policy") != "" {
		t.Errorf("%s: carries the policy of a page", path)
	}
}

// page fails when one of our own pages carries what its policy would have to allow.
func page(t *testing.T, path string, a answer) {
	t.Helper()
	csp := a.header.Get("Content-Security-Policy")
	if directive(csp, "script-src") != "'self'" || directive(csp, "object-src") != "'none'" || directive(csp, "connect-src") != "'self'" || directive(csp, "form-action") != "'self'" {
		t.Errorf("%s: %q", path, csp)
	}
	if a.header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("%s: old browsers may frame it", path)
	}
	if bytes.Contains(a.body, []byte("<style")) || bytes.Contains(a.body, []byte("<script>")) || bytes.Contains(a.body, []byte(" onload=")) {
		t.Errorf("%s: holds an inline script or style", path)
	}
}

// uploads are what somebody may send as a picture to have it run on our origin.
var uploads = map[string]string{
	"html":        "<!doctype html><script>alert(1)</script>",
	"svg":         `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
	"gif":         "GIF89a/*<script>alert(1)</script>*/=1;",
	"pdf":         "%PDF-1.7 <script>alert(1)</script>",
	"xml":         `<?xml version="1.0"?><x xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></x>`,
	"javascript":  "alert(1)",
	"zip":         "PK\x03\x04<script>alert(1)</script>",
	"half a png":  "\x89PNG\r\n\x1a\n<script>alert(1)</script>",
	"empty":       "",
	"jpeg header": "\xff\xd8\xff\xe0<script>alert(1)</script>",
}

func TestUploads_AreRefusedOrInert(t *testing.T) {
	w := newWorld(t)
	p := w.join("owner")
	for name, body := range uploads {
		for _, kind := range []string{"image/png", "text/html", "image/svg+xml"} {
			if a := w.ask(p, call{method: "POST", path: "/api/v1/media/images", body: []byte(body), header: map[string]string{"Content-Type": kind}}); a.status < 400 || a.status >= 500 {
				t.Errorf("%s as %s: %s", name, kind, a)
			}
		}
	}
	// A picture that is one, with a page behind its end: it is kept, and comes back as a picture.
	both := append(bytes.Clone(onePixel), "<!doctype html><script>alert(1)</script>"...)
	id := w.ask(p, call{method: "POST", path: "/api/v1/media/images", body: both, header: map[string]string{"Content-Type": "text/html"}}).get("id")
	a := w.ask(nil, call{method: "GET", path: "/media/img/" + id})
	if a.status != 200 || a.header.Get("Content-Type") != "image/png" {
		t.Errorf("a picture with a tail: %d %s", a.status, a.header.Get("Content-Type"))
	}
	careful(t, "a picture", a)
	inert(t, "a picture", a)
	video := w.clip(p)
	for _, name := range []string{"index.m3u8", "file.mp4", "init.mp4", "no-such.html"} {
		a := w.ask(nil, call{method: "GET", path: "/media/vod/" + video + "/" + name})
		careful(t, name, a)
		inert(t, name, a)
	}
	for _, path := range []string{"/media/rec/x/..%2f..%2fsecrets%2fsandbox-pay", "/media/rec/..%2f..%2fsecrets/sandbox-pay", "/media/img/..%2f..%2fsecrets%2fsandbox-pay",
		"/media/vod/..%2f..%2fhawker.db/file.mp4", "/media/live/..%2f..%2fhawker.db/x", "/assets/..%2f..%2fhawker.db", "/..%2f..%2f..%2f..%2fetc%2fpasswd"} {
		a := w.ask(nil, call{method: "GET", path: path})
		if a.status == 200 && !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || a.status >= 500 {
			t.Errorf("%s: %s", path, a)
		}
	}
}
