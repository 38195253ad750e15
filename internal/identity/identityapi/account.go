package identityapi

import (
	"context"
	"net/http"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/server"
)

// Images tells whether a picture asset exists and is the user's to show.
type Images interface {
	OwnImage(ctx context.Context, userID, assetID string) error
}

// Deps is what the door needs.
type Deps struct {
	Identity *identity.Service
	Images   Images
}

type door struct {
	Deps
	router *server.Router
}

type meOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Me
}

type signUpIn struct {
	Body struct {
		Login    string `json:"login" minLength:"3" maxLength:"64"`
		Name     string `json:"name" minLength:"1" maxLength:"24"`
		Password string `json:"password" minLength:"8" maxLength:"128"`
		Locale   string `json:"locale,omitempty" enum:"zh-CN,en"`
	}
}

type signInIn struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"128"`
	}
}

type demoIn struct {
	Role string `path:"role" maxLength:"20"`
}

type updateIn struct {
	Body struct {
		Name          *string `json:"name,omitempty" maxLength:"64"`
		Bio           *string `json:"bio,omitempty" maxLength:"400"`
		AvatarAssetID *string `json:"avatarAssetId,omitempty" maxLength:"64"`
		Locale        *string `json:"locale,omitempty" enum:"zh-CN,en"`
	}
}

type onlyCookie struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// Mount registers the identity operations.
func Mount(r *server.Router, d Deps) {
	h := &door{Deps: d, router: r}
	const tag, base = "identity", "/api/v1/identity"
	server.Register(r, server.Op{ID: "sign-up", Method: http.MethodPost, Path: base + "/sign-up", Tag: tag, Summary: "Open an account and a session", Allow: server.Public}, h.signUp)
	server.Register(r, server.Op{ID: "sign-in", Method: http.MethodPost, Path: base + "/sign-in", Tag: tag, Summary: "Open a session", Allow: server.Public}, h.signIn)
	server.Register(r, server.Op{ID: "sign-out", Method: http.MethodPost, Path: base + "/sign-out", Tag: tag, Summary: "End this session", Allow: server.Public}, h.signOut)
	server.Register(r, server.Op{ID: "sign-out-everywhere", Method: http.MethodPost, Path: base + "/sign-out-everywhere", Tag: tag, Summary: "End every session of mine", Allow: server.SignedIn}, h.signOutEverywhere)
	server.Register(r, server.Op{ID: "me-get", Method: http.MethodGet, Path: base + "/me", Tag: tag, Summary: "Who is signed in", Allow: server.SignedIn}, h.me)
	server.Register(r, server.Op{ID: "me-update", Method: http.MethodPatch, Path: base + "/me", Tag: tag, Summary: "Change my profile", Allow: server.SignedIn}, h.update)
	server.Register(r, server.Op{ID: "demo-sign-in", Method: http.MethodPost, Path: base + "/demo/{role}", Tag: tag, Summary: "Sign in as a role of the sample world (demo mode only)", Allow: server.Public}, h.demo)
	server.Register(r, server.Op{ID: "session-list", Method: http.MethodGet, Path: base + "/sessions", Tag: tag, Summary: "My sessions", Allow: server.SignedIn}, h.sessions)
	server.Register(r, server.Op{ID: "session-end", Method: http.MethodDelete, Path: base + "/sessions/{id}", Tag: tag, Summary: "End one of my sessions", Allow: server.SignedIn, Status: http.StatusNoContent}, h.endSession)
	server.Register(r, server.Op{ID: "team-list", Method: http.MethodGet, Path: base + "/team", Tag: tag, Summary: "The team of a channel or shop", Allow: server.SignedIn}, h.team)
	server.Register(r, server.Op{ID: "team-set", Method: http.MethodPut, Path: base + "/team", Tag: tag, Summary: "Add a member or change a role", Allow: server.SignedIn}, h.setMember)
	server.Register(r, server.Op{ID: "team-remove", Method: http.MethodDelete, Path: base + "/team", Tag: tag, Summary: "Remove a member", Allow: server.SignedIn, Status: http.StatusNoContent}, h.removeMember)
	r.Handle("GET /demo/as/{role}", server.Public, "browser link that signs in as a role of the sample world", http.HandlerFunc(h.demoLink))
}

func (h *door) signUp(ctx context.Context, in *signUpIn) (*meOut, error) {
	u, token, err := h.Identity.SignUp(ctx, identity.SignUp{Login: in.Body.Login, Name: in.Body.Name, Password: in.Body.Password, Locale: in.Body.Locale}, browser(ctx))
	return h.opened(ctx, u, token, err)
}

func (h *door) signIn(ctx context.Context, in *signInIn) (*meOut, error) {
	u, token, err := h.Identity.SignIn(ctx, in.Body.Login, in.Body.Password, browser(ctx))
	return h.opened(ctx, u, token, err)
}

func browser(ctx context.Context) identity.Browser {
	return identity.Browser{Agent: server.UserAgent(ctx), Addr: server.ClientAddr(ctx)}
}

func (h *door) demo(ctx context.Context, in *demoIn) (*meOut, error) {
	u, token, err := h.Identity.DemoSignIn(ctx, in.Role, server.UserAgent(ctx))
	return h.opened(ctx, u, token, err)
}

// opened answers with a new session; the one this browser had ends.
func (h *door) opened(ctx context.Context, u identity.User, token string, err error) (*meOut, error) {
	if err != nil {
		return nil, err
	}
	if err := h.Identity.SignOut(ctx, server.Replaced(ctx)); err != nil {
		return nil, err
	}
	return &meOut{SetCookie: h.router.SessionCookieFor(token), Body: me(u)}, nil
}

// landing is where each role of the sample world starts.
var landing = map[string]string{"viewer": "/", "host": "/console/live", "merchant": "/console/shop", "operator": "/console/operator"}

func (h *door) demoLink(w http.ResponseWriter, req *http.Request) {
	role := req.PathValue("role")
	_, token, err := h.Identity.DemoSignIn(req.Context(), role, req.UserAgent())
	if err == nil && landing[role] == "" {
		err = errs.New(errs.NotFound, "demo_role_unknown", "no such role in the sample world")
	}
	if err == nil {
		err = h.Identity.SignOut(req.Context(), server.Replaced(req.Context()))
	}
	if err != nil {
		h.router.WriteError(w, req, err)
		return
	}
	c := h.router.SessionCookieFor(token)
	http.SetCookie(w, &c)
	http.Redirect(w, req, landing[role], http.StatusSeeOther)
}

func (h *door) signOut(ctx context.Context, _ *struct{}) (*onlyCookie, error) {
	if a := server.ActorFrom(ctx); !a.Anonymous() {
		if err := h.Identity.SignOut(ctx, a); err != nil {
			return nil, err
		}
	}
	return &onlyCookie{SetCookie: h.router.SessionCookieFor("")}, nil
}

func (h *door) signOutEverywhere(ctx context.Context, _ *struct{}) (*onlyCookie, error) {
	if err := h.Identity.SignOutEverywhere(ctx, server.ActorFrom(ctx)); err != nil {
		return nil, err
	}
	return &onlyCookie{SetCookie: h.router.SessionCookieFor("")}, nil
}

func (h *door) me(ctx context.Context, _ *struct{}) (*struct{ Body Me }, error) {
	u, err := h.Identity.User(ctx, server.ActorFrom(ctx).UserID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Me }{me(u)}, nil
}

func (h *door) update(ctx context.Context, in *updateIn) (*struct{ Body Me }, error) {
	a := server.ActorFrom(ctx)
	if v := in.Body.AvatarAssetID; v != nil && *v != "" {
		if err := h.Images.OwnImage(ctx, a.UserID, *v); err != nil {
			return nil, err
		}
	}
	u, err := h.Identity.UpdateMe(ctx, a, identity.Update{Name: in.Body.Name, Bio: in.Body.Bio, Avatar: in.Body.AvatarAssetID, Locale: in.Body.Locale})
	if err != nil {
		return nil, err
	}
	return &struct{ Body Me }{me(u)}, nil
}
