package server

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
)

var (
	errForeign  = errs.New(errs.Denied, "foreign_origin", "this request came from another site; open the page on this site and try again")
	errNoOrigin = errs.New(errs.Denied, "foreign_origin", "a change under a session cookie must say where it comes from; send an Origin header, or the session as a bearer token")
)

// checkOrigin refuses what a page of another site may have made a browser send.
//
// A change must come from our own origin when a browser says where it comes from (Sec-Fetch-Site or Origin;
// "null" is nobody's origin). When nothing says so, it may only go ahead without a session cookie: programs
// carry their session as a bearer token, and a browser old enough to send neither header still sends cookies.
// Opening a WebSocket is a GET that the same-origin policy does not cover (RFC 6455 10.2), so the rule holds
// there too. Routes mounted by HandleOpen are left out.
func (r *Router) checkOrigin(req *http.Request, pattern string) error {
	upgrade := strings.EqualFold(req.Header.Get("Upgrade"), "websocket")
	if r.open[pattern] || !upgrade && (req.Method == http.MethodGet || req.Method == http.MethodHead || req.Method == http.MethodOptions) {
		return nil
	}
	switch site := req.Header.Get("Sec-Fetch-Site"); site {
	case "same-origin", "none":
		return nil
	case "":
	default:
		return errForeign
	}
	switch origin := req.Header.Values("Origin"); {
	case len(origin) > 1:
		return errForeign
	case len(origin) == 1:
		if u, err := url.Parse(origin[0]); err != nil || u.Host == "" || !strings.EqualFold(u.Host, req.Host) {
			return errForeign
		}
		return nil
	}
	if r.carriesCookie(req) {
		return errNoOrigin
	}
	return nil
}

// carriesCookie reports whether the request's session, if any, came by cookie.
func (r *Router) carriesCookie(req *http.Request) bool {
	if strings.HasPrefix(req.Header.Get("Authorization"), "Bearer ") {
		return false
	}
	_, found := r.cookieOf(req)
	return found
}

// HandleOpen is Handle for a route that pages of other sites may use: its authority is never a cookie, so
// there is nothing of the visitor's that a foreign page could borrow.
func (r *Router) HandleOpen(pattern string, why string, h http.Handler) {
	r.open[pattern] = true
	r.Handle(pattern, Public, why, h)
}
