package app

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"

	"github.com/hawker-live/hawker/internal/channel/channelapi"
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/identity/identityapi"
	"github.com/hawker-live/hawker/internal/live/fanout"
	"github.com/hawker-live/hawker/internal/live/liveapi"
	"github.com/hawker-live/hawker/internal/media/av"
	"github.com/hawker-live/hawker/internal/media/mediaapi"
	"github.com/hawker-live/hawker/internal/media/whip"
	"github.com/hawker-live/hawker/internal/money/moneyapi"
	"github.com/hawker-live/hawker/internal/server"
	"github.com/hawker-live/hawker/internal/shop/shopapi"
	"github.com/hawker-live/hawker/web"
)

// whipPath is where browsers and encoders publish over WHIP.
const whipPath = "/api/v1/media/whip"

func (a *App) mountDoors(context.Context) error {
	proxies, err := server.ParseProxies(a.Config.Proxies)
	if err != nil {
		return fmt.Errorf("--trusted-proxies: %w", err)
	}
	r := server.NewRouter(server.Deps{TrustedProxies: proxies, DB: a.DB, Clock: a.Clock, Log: a.Log, Sessions: a.Identity, Version: Version, Node: a.node, Secure: a.secure(),
		Meter: a.requestMeter(), Draining: a.draining, AccessLog: a.Config.AccessLog})
	a.Router = r
	identityapi.Mount(r, identityapi.Deps{Identity: a.Identity, Images: a.Media})
	a.Wire = mediaapi.NewWire(r, a.Media, a.Clock, a.Log, nil)
	uploads, err := mediaapi.Mount(r, mediaapi.Deps{Media: a.Media, Wire: a.Wire, UploadDir: filepath.Join(a.Config.Data, "uploads"), Clock: a.Clock, IDs: a.IDs, Log: a.Log})
	if err != nil {
		return err
	}
	a.Jobs.Every("media.sweep_uploads", sweepUploadsEvery, func(ctx context.Context) error {
		_, err := uploads.Sweep(ctx)
		return err
	})
	a.Jobs.Every("media.sweep_objects", sweepObjectsEvery, func(ctx context.Context) error {
		_, err := a.Media.SweepObjects(ctx)
		return err
	})
	if err := a.mountWHIP(); err != nil {
		return err
	}
	moneyapi.Mount(r, moneyapi.Deps{Money: a.Money, Identity: a.Identity, Bank: a.Bank})
	shopapi.Mount(r, shopapi.Deps{Shop: a.Shop, Identity: a.Identity, Subscribe: a.Bus.Subscribe})
	products := productCards{a.Shop}
	channels := &channelapi.Render{Channel: a.Channel, Identity: a.Identity, Media: a.Media, Products: products, Lives: a.Live, Shops: goods{a.Shop}}
	channelapi.Mount(r, channelapi.Deps{Render: channels})
	rooms := &liveapi.Render{Live: a.Live, Channels: channels, Products: products}
	a.Sockets = fanout.New(fanout.Deps{Clock: a.Clock, Log: a.Log})
	liveapi.Mount(r, liveapi.Deps{Render: *rooms, Media: a.Media, Identity: a.Identity, Sockets: a.Sockets, RTMPURL: a.RTMPURL, WHIPPath: whipPath, SampleAsset: a.sampleAsset, Sandbox: a.SandboxPay(),
		PublicURL: a.PublicURL, Subscribe: a.Bus.Subscribe})
	a.mountSteering(channels, rooms)
	a.mountInfo()
	a.mountDemo()
	a.mountBank()
	r.MountMeta(a.ready)
	dist, err := fs.Sub(web.Dist, "dist")
	if err != nil {
		return err
	}
	r.MountWeb(dist)
	return nil
}

func (a *App) mountWHIP() error {
	var err error
	a.WHIP, err = whip.New(whip.Deps{Clock: a.Clock, Log: a.Log, IDs: a.IDs, Path: whipPath, UDPAddr: a.udpAddr(), WriteError: a.Router.WriteError,
		Publish: func(ctx context.Context, key string) (av.Sink, error) { return a.Media.Publish(ctx, key, "whip") }})
	if err != nil {
		return err
	}
	for pattern, why := range map[string]string{
		"POST " + whipPath: "Publish by WHIP (RFC 9725): an SDP offer with a stream key or publish token as bearer", "OPTIONS " + whipPath: "WHIP capabilities",
		"PATCH " + whipPath + "/{session}": "Trickle ICE candidates", "DELETE " + whipPath + "/{session}": "Stop publishing", "OPTIONS " + whipPath + "/{session}": "WHIP capabilities",
	} {
		a.Router.HandleOpen(pattern, why, a.WHIP)
	}
	return nil
}

// udpAddr is the WHIP media address; commands that do not serve take any free port, so that they can run
// beside a serving process.
func (a *App) udpAddr() string {
	if a.Offline {
		return ""
	}
	return a.Config.WebRTCAddr
}

// Info is what a client needs to know of the site before anything else.
type Info struct {
	Name      string   `json:"name" maxLength:"64"`
	Version   string   `json:"version" maxLength:"64"`
	Demo      bool     `json:"demo"`
	Now       int64    `json:"now" doc:"server clock, unix ms"`
	RTMPURL   string   `json:"rtmpUrl" maxLength:"256"`
	Features  Features `json:"features"`
	DemoRoles []string `json:"demoRoles,omitempty" maxItems:"8"`
}

// Features this deployment offers.
type Features struct {
	WHIP       bool `json:"whip"`
	RTMP       bool `json:"rtmp"`
	SandboxPay bool `json:"sandboxPay"`
}

func (a *App) mountInfo() {
	server.Register(a.Router, server.Op{ID: "info", Method: http.MethodGet, Path: "/api/v1/server/info", Tag: "server", Summary: "What this site is", Allow: server.Public},
		func(context.Context, *struct{}) (*struct{ Body Info }, error) {
			out := Info{Name: a.Config.Name, Version: Version, Demo: a.Demo, Now: a.Clock.Now().UnixMilli(), RTMPURL: a.RTMPURL(),
				Features: Features{WHIP: true, RTMP: a.Config.RTMPAddr != "", SandboxPay: a.SandboxPay()}}
			if a.Demo {
				out.DemoRoles = []string{"viewer", "host", "merchant", "operator"}
			}
			return &struct{ Body Info }{out}, nil
		})
}

// sampleAsset is the video of the sample source: the newest one that the sample world or an operator set.
func (a *App) sampleAsset(ctx context.Context) (string, error) {
	if a.Sample == nil {
		return "", errs.New(errs.NotFound, "no_sample", "this site has no sample source; use a camera or an encoder")
	}
	return a.Sample(ctx)
}
