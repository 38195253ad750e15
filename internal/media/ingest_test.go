package media

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/infra/db/dbtest"
)

func refused(t *testing.T, err error, kind errs.Kind, code string) {
	t.Helper()
	if errs.KindOf(err) != kind || errs.CodeOf(err) != code {
		t.Fatalf("got %v (%s %q), want %s %q", err, errs.KindOf(err), errs.CodeOf(err), kind, code)
	}
}

func TestKey_OpensItsChannelUntilRotatedOrRevoked(t *testing.T) {
	each(t, time.Minute, func(t *testing.T, w *world) {
		_, err := w.Publish(t.Context(), "not-a-key", "rtmp")
		refused(t, err, errs.Denied, "stream_key_wrong")
		_, err = w.Publish(t.Context(), "", "rtmp")
		refused(t, err, errs.Denied, "stream_key_wrong")
		refused(t, w.RevokeKey(t.Context(), "chn_1"), errs.NotFound, "no_stream_key")

		first := w.key(t, "chn_1")
		in, found, err := w.Ingest(t.Context(), "chn_1")
		if err != nil || !found || !strings.HasSuffix(first, in.KeyHint) || len(in.KeyHint) != 4 {
			t.Fatalf("%+v, %v, %v", in, found, err)
		}
		w.publish(t, " "+first+"\n", "rtmp").Close(nil) // pasted with its line end
		second := w.key(t, "chn_1")
		_, err = w.Publish(t.Context(), first, "rtmp")
		refused(t, err, errs.Denied, "stream_key_wrong")
		w.publish(t, second, "rtmp").Close(nil)

		if err := w.RevokeKey(t.Context(), "chn_1"); err != nil {
			t.Fatal(err)
		}
		refused(t, w.RevokeKey(t.Context(), "chn_1"), errs.NotFound, "no_stream_key")
		if _, found, err = w.Ingest(t.Context(), "chn_1"); err != nil || found {
			t.Fatalf("a revoked key is shown: %v, %v", found, err)
		}
		_, err = w.Publish(t.Context(), second, "rtmp")
		refused(t, err, errs.Denied, "stream_key_revoked")
		h, err := w.Health(t.Context(), "chn_1")
		if err != nil || h.LastError.Code != "stream_key_revoked" || h.LastError.At == 0 || h.LastError.Detail == "" {
			t.Fatalf("the host does not see why: %+v, %v", h.LastError, err)
		}
	})
}

func TestKey_IsStoredHashedOnly(t *testing.T) {
	each(t, time.Minute, func(t *testing.T, w *world) {
		key := w.key(t, "chn_1")
		n, _, err := db.Get(t.Context(), w.DB, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err },
			`SELECT count(*) FROM media_ingests WHERE key_hash = $1 OR key_hint = $1`, key)
		if err != nil || n != 0 {
			t.Fatalf("%d rows hold the key, %v", n, err)
		}
	})
}

func TestKey_ChangingItCutsWhoeverCameInByIt(t *testing.T) {
	f := newFilm(t)
	for _, protocol := range []string{"rtmp", "whip"} {
		t.Run(protocol, func(t *testing.T) {
			w := one(t, time.Minute)
			p := w.publish(t, w.key(t, "chn_1"), protocol)
			f.play(t, p, 0, 1)
			w.key(t, "chn_1")
			select {
			case <-p.(*publication).Done():
			case <-time.After(time.Second):
				t.Fatal("the publisher was not told")
			}
			if err := f.send(p, 1, 2); !errors.Is(err, errKeyRevoked) {
				t.Fatalf("the publisher goes on: %v", err)
			}
			p.Close(errKeyRevoked)
			w.hears(t, "up down")
		})
	}
}

func TestKey_ChangingItSparesAPublisherByToken(t *testing.T) {
	f, w := newFilm(t), one(t, time.Minute)
	w.key(t, "chn_1")
	token, _, err := w.IssueToken(t.Context(), "chn_1")
	if err != nil {
		t.Fatal(err)
	}
	p := w.publish(t, token, "whip")
	f.play(t, p, 0, 1)
	if err := w.RevokeKey(t.Context(), "chn_1"); err != nil {
		t.Fatal(err)
	}
	f.play(t, p, 1, 2)
}

func TestToken_ExpiresAndIsSweptByTheNext(t *testing.T) {
	dbtest.Each(t, Migrate, func(t *testing.T, d *db.DB) {
		clk := clock.NewFake(time.Unix(1_700_000_000, 0))
		w := newWorld(t, d, clk, time.Minute)
		token, until, err := w.IssueToken(t.Context(), "chn_1")
		if err != nil || until != clk.Now().Add(TokenLife).UnixMilli() {
			t.Fatalf("until %d, %v", until, err)
		}
		clk.Advance(TokenLife - time.Millisecond)
		w.publish(t, token, "whip").Close(nil)
		clk.Advance(time.Millisecond)
		_, err = w.Publish(t.Context(), token, "whip")
		refused(t, err, errs.Denied, "stream_key_wrong")
		clk.Advance(time.Millisecond)
		if _, _, err := w.IssueToken(t.Context(), "chn_2"); err != nil {
			t.Fatal(err)
		}
		n, _, err := db.Get(t.Context(), d, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err }, `SELECT count(*) FROM media_tokens`)
		if err != nil || n != 1 {
			t.Fatalf("%d tokens are kept, %v", n, err)
		}
	})
}
