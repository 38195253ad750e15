package channeltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/event"
	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/media"
)

// Forbidden is the product no channel may link.
const Forbidden = "prd_forbidden"

// World is the domains up to channel on one database.
type World struct {
	T        testing.TB
	Ctx      context.Context
	DB       *db.DB
	Clock    *clock.Fake
	IDs      *id.Source
	Identity *identity.Service
	Media    *media.Service
	Channel  *channel.Service

	mu    sync.Mutex
	facts []event.Fact
}

// Migrate prepares the tables the world needs.
func Migrate(ctx context.Context, d *db.DB) error {
	return errors.Join(identity.Migrate(ctx, d), media.Migrate(ctx, d), channel.Migrate(ctx, d))
}

// New builds a world on a migrated database.
func New(t testing.TB, d *db.DB) *World {
	t.Helper()
	w := &World{T: t, Ctx: t.Context(), DB: d, Clock: clock.NewFake(time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC))}
	w.IDs = id.NewSource(w.Clock.Now)
	log := slog.New(slog.DiscardHandler)
	blobs, err := blob.Open(w.Ctx, "file:"+t.TempDir())
	w.OK(err)
	w.Identity = identity.New(identity.Deps{DB: d, Clock: w.Clock, IDs: w.IDs, Outbox: w, Log: log, Hasher: identity.NewHasher(identity.HashCost{MemoryKiB: 64, Passes: 1}, 2, 64)})
	w.Media = media.New(media.Deps{DB: d, Blobs: blobs, Clock: w.Clock, IDs: w.IDs, Log: log})
	t.Cleanup(w.Media.Close)
	w.Channel = channel.New(channel.Deps{DB: d, Clock: w.Clock, IDs: w.IDs, Outbox: w, Identity: w.Identity, Media: w.Media, Products: goods{}})
	return w
}

// goods lets every product but Forbidden stand under posts.
type goods struct{}

func (goods) Linkable(_ context.Context, _ identity.Actor, _, productID string) error {
	if productID == Forbidden {
		return errs.New(errs.Denied, "product_not_yours", "join the shop's team first")
	}
	return nil
}

// Emit implements the outboxes; like the real one it refuses a fact outside a transaction.
func (w *World) Emit(ctx context.Context, fact event.Fact) error {
	if !w.DB.InTx(ctx) {
		return errors.New("a fact outside a transaction")
	}
	db.AfterCommit(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.facts = append(w.facts, fact)
	})
	return nil
}

// Facts counts the committed facts of a subject.
func (w *World) Facts(subject string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, f := range w.facts {
		if f.Subject() == subject {
			n++
		}
	}
	return n
}

// OK ends the test when err is not nil.
func (w *World) OK(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// Refused fails the test unless err carries the code.
func (w *World) Refused(err error, code string) {
	w.T.Helper()
	if errs.CodeOf(err) != code {
		w.T.Errorf("got %v (code %q), want a refusal with code %q", err, errs.CodeOf(err), code)
	}
}

// User opens an account and acts as it.
func (w *World) User(login string) identity.Actor { return w.account(login, false) }

// Operator opens an operator's account.
func (w *World) Operator(login string) identity.Actor { return w.account(login, true) }

func (w *World) account(login string, operator bool) identity.Actor {
	w.T.Helper()
	u, err := w.Identity.CreateUser(w.Ctx, identity.SignUp{Login: login, Name: login, Password: "correct horse", Operator: operator})
	w.OK(err)
	return identity.Actor{UserID: u.ID, Name: u.Name, Operator: operator}
}

// Resolve implements server.Sessions for the tests of doors: a user's id is the token.
func (w *World) Resolve(ctx context.Context, token string) (identity.Actor, error) {
	u, err := w.Identity.User(ctx, token)
	if err != nil {
		return identity.Actor{}, errs.New(errs.Unauthorized, "session_ended", "sign in again")
	}
	return identity.Actor{UserID: u.ID, Name: u.Name, Operator: u.Operator}, nil
}

// Found makes a channel.
func (w *World) Found(a identity.Actor, handle string) channel.Channel {
	w.T.Helper()
	c, err := w.Channel.Found(w.Ctx, a, channel.Draft{Name: handle, Handle: handle})
	w.OK(err)
	return c
}

// Join puts a user on a channel's team.
func (w *World) Join(owner identity.Actor, channelID, login string, role identity.Role) {
	w.T.Helper()
	_, err := w.Identity.SetMember(w.Ctx, owner, identity.Scope{Kind: "channel", ID: channelID}, login, role)
	w.OK(err)
}

// Picture uploads a picture.
func (w *World) Picture(a identity.Actor) string {
	w.T.Helper()
	var b bytes.Buffer
	w.OK(png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 3))))
	asset, err := w.Media.AddImage(w.Ctx, a.UserID, &b)
	w.OK(err)
	return asset.ID
}

// Video stands for an uploaded video of the given length. Only its row exists: nothing here plays it.
func (w *World) Video(a identity.Actor, durationMS int64) string {
	w.T.Helper()
	assetID := w.IDs.New("vid")
	_, err := w.DB.Exec(w.Ctx, `INSERT INTO media_assets (id, owner, kind, state, code, blob_key, content_type, bytes, width, height, duration_ms, codecs, sha256, created_at)
		VALUES ($1,$2,'video','ready','',$3,'video/mp4',1,720,1280,$4,'','',$5)`, assetID, a.UserID, "vod/"+assetID, durationMS, w.Clock.Now().UnixMilli())
	w.OK(err)
	return assetID
}

// Post publishes a picture with a text, a second after whatever was before.
func (w *World) Post(a identity.Actor, channelID, text string, tags ...string) channel.Post {
	w.T.Helper()
	w.Clock.Advance(time.Second)
	p, err := w.Channel.Publish(w.Ctx, a, channelID, channel.PostDraft{Kind: channel.PicturesPost, Text: text, Assets: []string{w.Picture(a)}, Tags: tags})
	w.OK(err)
	return p
}

// Say comments on a post, ten seconds after whatever was before, so that nobody is too fast.
func (w *World) Say(a identity.Actor, postID, text string) channel.Comment {
	w.T.Helper()
	w.Clock.Advance(10 * time.Second)
	c, err := w.Channel.Say(w.Ctx, a, postID, text, "")
	w.OK(err)
	return c
}

// AtOnce runs n functions together and returns their errors by index.
func (w *World) AtOnce(n int, fn func(i int) error) []error {
	out := make([]error, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			out[i] = fn(i)
		})
	}
	close(start)
	all.Wait()
	return out
}

// Outcomes counts errors by code, "" being success.
func Outcomes(list []error) map[string]int {
	out := map[string]int{}
	for _, err := range list {
		code := errs.CodeOf(err)
		if err != nil && code == "" {
			code = "fault: " + err.Error()
		}
		out[code]++
	}
	return out
}

// counters are the numbers kept beside the rows they count: a query for the rows that disagree.
var counters = map[string]string{
	"post likes":        `SELECT id FROM channel_posts p WHERE likes <> (SELECT count(*) FROM channel_likes r WHERE r.post_id = p.id)`,
	"post saves":        `SELECT id FROM channel_posts p WHERE saves <> (SELECT count(*) FROM channel_saves r WHERE r.post_id = p.id)`,
	"post comments":     `SELECT id FROM channel_posts p WHERE comments <> (SELECT count(*) FROM channel_comments r WHERE r.post_id = p.id AND r.state = 'live')`,
	"comment likes":     `SELECT id FROM channel_comments c WHERE likes <> (SELECT count(*) FROM channel_comment_likes r WHERE r.comment_id = c.id)`,
	"channel followers": `SELECT id FROM channel_channels c WHERE followers <> (SELECT count(*) FROM channel_follows r WHERE r.channel_id = c.id)`,
	"channel posts":     `SELECT id FROM channel_channels c WHERE posts <> (SELECT count(*) FROM channel_posts r WHERE r.channel_id = c.id AND r.state <> 'deleted')`,
	"channel likes":     `SELECT id FROM channel_channels c WHERE likes <> (SELECT count(*) FROM channel_likes r JOIN channel_posts p ON p.id = r.post_id WHERE p.channel_id = c.id)`,
	"pinned posts":      fmt.Sprint(`SELECT channel_id FROM channel_posts WHERE pinned_at > 0 GROUP BY channel_id HAVING count(*) > `, channel.MaxPinned),
}

// CountersHold fails the test when a counter differs from its rows.
func (w *World) CountersHold() {
	w.T.Helper()
	for what, q := range counters {
		wrong, err := db.List(w.Ctx, w.DB, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err }, q)
		w.OK(err)
		if len(wrong) > 0 {
			w.T.Errorf("%s differ from their rows: %v", what, wrong)
		}
	}
}
