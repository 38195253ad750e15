package server

import (
	"net/http"
	"strings"
)

const (
	// pagePolicy is what our own pages may do (CSP Level 3): scripts and connections only from and to our own
	// origin. Style attributes may be inline because charts and Vue's static nodes write them; style elements
	// may not. blob: is for hls.js's worker and media buffers and for picture previews.
	pagePolicy = "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; " +
		"connect-src 'self'; worker-src 'self' blob:; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	// dataPolicy is for everything else: answers of the API and what people uploaded. Opened by itself it may
	// run nothing, load nothing and be framed by nobody, whatever it holds.
	dataPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
	// permissions our pages use; the rest is off, also for whatever they embed.
	permissions = "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), autoplay=(self), picture-in-picture=(self), screen-wake-lock=(self), " +
		"geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), bluetooth=(), accelerometer=(), gyroscope=(), magnetometer=()"
	// hsts keeps a browser on https for a year; only sites whose public URL is https send it.
	hsts = "max-age=31536000"
)

// SecureHeaders are on every answer, before its handler runs. Pages widen the policy by asPage; media
// widens Cross-Origin-Resource-Policy and says how long it may be kept.
func (r *Router) SecureHeaders(h http.Header, path, rid string) {
	h.Set("X-Request-Id", rid)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Content-Security-Policy", dataPolicy)
	h.Set("Permissions-Policy", permissions)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if strings.HasPrefix(path, "/api/") {
		h.Set("Cache-Control", "no-store") // what a person reads is theirs; immutable things say so themselves
	}
	if r.deps.Secure {
		h.Set("Strict-Transport-Security", hsts)
	}
}

// asPage marks an answer as one of our own pages or of the files that make them.
func asPage(h http.Header) {
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
}

// asPart marks an answer as a script, style or font of our pages. A page's policy governs those, and one opened by
// itself is plain text: what a browser reads only of documents would be a kilobyte on each of two dozen files.
func asPart(h http.Header) {
	for _, name := range []string{"Content-Security-Policy", "Permissions-Policy", "Referrer-Policy", "Cross-Origin-Opener-Policy", "X-Frame-Options"} {
		h.Del(name)
	}
}
