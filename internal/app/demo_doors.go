package app

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/hawker-live/hawker/internal/demo"
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/server"
)

// ErrReset is why Run was stopped when somebody asked for a fresh sample world: wipe this one and build again.
var ErrReset = errors.New("the sample world begins anew")

// DemoWorld is the state of the sample world.
type DemoWorld struct {
	Born      string `json:"born" maxLength:"32" doc:"when this world was built, unix ms; another value after a reset"`
	Paused    bool   `json:"paused" doc:"the actors stand still; rooms stay on air"`
	Resetting bool   `json:"resetting" doc:"it is about to be wiped and built again"`
}

type demoLifeIn struct {
	Body struct {
		Paused bool `json:"paused"`
	}
}

type demoWorldOut struct{ Body DemoWorld }

var errNoDemo = errs.New(errs.NotFound, "demo_off", "this site is no sample world")

// mountDemo opens the doors of the sample world. They are on every site, so that a real one refuses by name.
func (a *App) mountDemo() {
	const base, tag = "/api/v1/demo", "demo"
	server.Register(a.Router, server.Op{ID: "demo-world", Method: http.MethodGet, Path: base, Tag: tag, Summary: "The sample world (demo mode only)", Allow: server.Public},
		func(ctx context.Context, _ *struct{}) (*demoWorldOut, error) { return a.demoWorld(ctx) })
	server.Register(a.Router, server.Op{ID: "demo-life", Method: http.MethodPut, Path: base + "/life", Tag: tag, Summary: "Pause the actors of the sample world, or let them go on (demo mode only)", Allow: server.Public},
		func(ctx context.Context, in *demoLifeIn) (*demoWorldOut, error) {
			if a.world == nil {
				return nil, errNoDemo
			}
			a.world.Pause(in.Body.Paused)
			return a.demoWorld(ctx)
		})
	server.Register(a.Router, server.Op{ID: "demo-reset", Method: http.MethodPost, Path: base + "/reset", Tag: tag, Summary: "Wipe the sample world and build it again (demo mode only)", Allow: server.Public},
		func(ctx context.Context, _ *struct{}) (*demoWorldOut, error) {
			if a.world == nil || a.OnReset == nil {
				return nil, errNoDemo
			}
			if _, err := demo.Born(ctx, a.DB); err != nil {
				return nil, err
			}
			if !a.resetting.CompareAndSwap(false, true) {
				return nil, errs.New(errs.Conflict, "reset_running", "the sample world is being built again already; wait a moment")
			}
			out, err := a.demoWorld(ctx)
			a.OnReset()
			return out, err
		})
}

func (a *App) demoWorld(ctx context.Context) (*demoWorldOut, error) {
	if a.world == nil {
		return nil, errNoDemo
	}
	born, err := demo.Born(ctx, a.DB)
	return &demoWorldOut{Body: DemoWorld{Born: born, Paused: a.world.Paused(), Resetting: a.resetting.Load()}}, err
}

// WipeDemo removes the sample world, after Run has returned; close this App and build another one then.
// Files go only from a store in a folder: a bucket may be shared. A site that is no demo is refused.
func (a *App) WipeDemo(ctx context.Context) error {
	if !a.Demo {
		return errNoDemo
	}
	files := a.Blobs
	if !strings.HasPrefix(a.Config.BlobURL, "file:"+filepath.Clean(a.Config.Data)) {
		files = nil
	}
	return demo.Wipe(ctx, a.DB, files)
}
