package demo

import (
	"context"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/live"
	"github.com/hawker-live/hawker/internal/media"
)

// stage is a channel of the sample world that is always on air.
type stage struct {
	channel, title, clip string
	shelf                []string // product keys, in order
	crowd                int      // people who come and go
	talkEvery            time.Duration
	lines                [][2]string // nil: the channel's own of the book
}

var stages = []stage{
	{channel: "market", title: "今晚的摊，慢慢逛", clip: "live-stall", crowd: 26, talkEvery: 4 * time.Second,
		shelf: []string{"bowl-celadon", "cup-pair", "bowl-white", "chestnut", "navel-orange", "strawberry", "jam-orange", "melon-seeds", "osmanthus-cake", "basket", "bamboo-lamp", "tea-tin"}},
	{channel: "concert", title: "Winter night, live from the hall", clip: "live-concert", crowd: 19, talkEvery: 5 * time.Second, lines: hall},
	{channel: "reader", title: "灯下四十分钟", clip: "live-reader", crowd: 9, talkEvery: 11 * time.Second, lines: lamp},
}

const (
	// onAirWithin is how long a sample source may take to its first picture.
	onAirWithin = 10 * time.Second
	// look is how often a script looks whether something it waits for has come.
	look = 200 * time.Millisecond
	// standBack is how often a channel is looked at that a person uses.
	standBack = 5 * time.Second
	// reopenAfter leaves a person who ended the room time to open one of their own.
	reopenAfter = 45 * time.Second
)

// perform keeps a stage on air until ctx ends.
func (w *World) perform(ctx context.Context, sc *scene, st stage) {
	for ctx.Err() == nil {
		room, ours, err := w.open(ctx, sc, st)
		switch {
		case err != nil && ctx.Err() == nil:
			w.Log.Warn("open a room of the sample world", "channel", st.channel, "err", err)
			pause(ctx, w.Clock, standBack)
		case ours:
			s := newScript(w, w.Live, w.Shop, w.Clock, sc, st, room)
			s.paused, s.upkeep = w.Paused, func(ctx context.Context) error { return w.picture(ctx, sc, st) }
			s.free = w.Money.KnowsProvider(provider) != nil
			s.run(ctx)
			pause(ctx, w.Clock, reopenAfter)
		default:
			pause(ctx, w.Clock, standBack)
		}
	}
}

// open finds the stage's room on air or puts one there; ours is false while a person uses the channel.
func (w *World) open(ctx context.Context, sc *scene, st stage) (live.Room, bool, error) {
	channel := sc.known[key("channel", st.channel)]
	r, found, err := w.Live.Current(ctx, channel)
	if err != nil || found && !r.Demo {
		return r, false, err
	}
	if !found && w.usedByPerson(channel) {
		return r, false, nil
	}
	if err := w.picture(ctx, sc, st); err != nil {
		return r, false, err
	}
	if found {
		return r, true, nil // one that a restart left waiting for its picture
	}
	host := sc.actor(sc.ownerOf(st.channel))
	if r, err = w.Live.Prepare(ctx, host, channel, sc.draftOf(st, false)); err != nil {
		return r, false, err
	}
	started, err := w.Live.Start(ctx, host, r.ID)
	if err != nil {
		if _, cancelErr := w.Live.Cancel(ctx, host, r.ID); cancelErr != nil {
			w.Log.Warn("withdraw a room of the sample world", "room", r.ID, "err", cancelErr)
		}
	}
	return started, err == nil, err
}

// draftOf is the room a stage opens.
func (sc *scene) draftOf(st stage, record bool) live.Draft {
	out := live.Draft{Title: st.title, Cover: sc.known[key("cover", st.clip, sc.ownerOf(st.channel))], Record: record, Demo: true}
	for _, k := range st.shelf {
		out.ProductIDs = append(out.ProductIDs, sc.known[key("product", sc.productByKey(k))])
	}
	return out
}

// usedByPerson reports whether somebody sends to the channel other than by the sample source.
func (w *World) usedByPerson(channel string) bool {
	s, ok := w.Media.StreamOf(channel)
	return ok && s.OnAir && s.Protocol != "sample"
}

// picture makes the stage's clip play on its channel and waits until it is on air. A person's camera is
// left alone.
func (w *World) picture(ctx context.Context, sc *scene, st stage) error {
	channel := sc.known[key("channel", st.channel)]
	if s, ok := w.Media.StreamOf(channel); ok && s.OnAir {
		return nil
	}
	err := w.Media.StartSample(ctx, channel, sc.known[key("clip", st.clip, sc.ownerOf(st.channel))])
	if err != nil && errs.CodeOf(err) != "sample_running" {
		return err
	}
	return awaitPicture(ctx, w.Media, w.Clock, channel)
}

// awaitPicture returns when the channel's stream is on air, or errs.Busy after onAirWithin.
func awaitPicture(ctx context.Context, m *media.Service, c clock.Clock, channel string) error {
	late := c.After(onAirWithin)
	for {
		if s, ok := m.StreamOf(channel); ok && s.OnAir {
			return nil
		}
		select {
		case <-c.After(look):
		case <-late:
			return errs.New(errs.Busy, "sample_late", "the sample source sent no picture within %s", onAirWithin)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// pause waits for d or the end of ctx.
func pause(ctx context.Context, c clock.Clock, d time.Duration) {
	select {
	case <-c.After(d):
	case <-ctx.Done():
	}
}
