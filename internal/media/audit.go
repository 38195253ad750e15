package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Break is one rule that the stored state does not keep.
type Break struct{ Rule, Subject, Detail string }

// RuleUnreferenced is broken by an old object that no row refers to: it costs space and nothing else.
const RuleUnreferenced = "object_unreferenced"

const (
	// auditPage rows are read at a time, so that an audit of a large site holds little memory.
	auditPage = 500
	// maxBreaks ends an audit early: a store that is gone breaks every rule, and nobody reads it twice.
	maxBreaks = 1000
)

// Audit compares the tables with the stored objects and lists what does not fit, at most maxBreaks. offline
// says that no server runs on this data: then nothing can be recording either. It reads one object's size
// for every ready asset, its bytes where their hash was kept (pictures), one listing for every recording and
// one of all objects.
func (s *Service) Audit(ctx context.Context, offline bool) ([]Break, error) {
	a := &audit{s: s, offline: offline}
	if err := a.assets(ctx); err != nil {
		return nil, fmt.Errorf("audit assets: %w", err)
	}
	if err := a.recordings(ctx); err != nil {
		return nil, fmt.Errorf("audit recordings: %w", err)
	}
	if err := a.uploads(ctx); err != nil {
		return nil, fmt.Errorf("audit uploads: %w", err)
	}
	err := s.leftovers(ctx, MaxLeftover, func(key string) error {
		a.broken(RuleUnreferenced, key, "no row refers to it, and it is older than %s", MaxLeftover)
		if a.full() {
			return errFull
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFull) {
		return nil, fmt.Errorf("audit objects: %w", err)
	}
	return a.found, nil
}

// errFull ends a listing of objects when maxBreaks are found.
var errFull = errors.New("enough breaks")

type audit struct {
	s       *Service
	offline bool
	found   []Break
}

func (a *audit) full() bool { return len(a.found) >= maxBreaks }

func (a *audit) broken(rule, subject, format string, args ...any) {
	if !a.full() {
		a.found = append(a.found, Break{rule, subject, fmt.Sprintf(format, args...)})
	}
}

func (a *audit) assets(ctx context.Context) error {
	for after := ""; !a.full(); {
		list, err := db.List(ctx, a.s.DB, scanAsset, `SELECT `+assetColumns+` FROM media_assets WHERE state = 'ready' AND id > $1 ORDER BY id LIMIT $2`, after, auditPage)
		if err != nil {
			return err
		}
		for _, v := range list {
			if err := a.asset(ctx, v); err != nil {
				return err
			}
		}
		if len(list) < auditPage {
			return nil
		}
		after = list[len(list)-1].ID
	}
	return nil
}

func (a *audit) asset(ctx context.Context, v Asset) error {
	if v.Width < 1 || v.Height < 1 || v.Bytes < 1 {
		a.broken("asset_size", v.ID, "%d x %d pixels in %d bytes", v.Width, v.Height, v.Bytes)
	}
	if v.Kind == Video && v.DurationMS < 1 {
		a.broken("asset_duration", v.ID, "%d ms", v.DurationMS)
	}
	o, err := a.s.Blobs.Open(ctx, v.BlobKey)
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Invalid) {
		a.broken("asset_object", v.ID, "there is no object %q", v.BlobKey)
		return nil
	}
	if err != nil {
		return err
	}
	if o.Size() != v.Bytes {
		a.broken("asset_object", v.ID, "object %q has %d bytes, the row says %d", v.BlobKey, o.Size(), v.Bytes)
	} else if v.SHA256 != "" {
		sum := sha256.New()
		if _, err := io.Copy(sum, o); err != nil {
			return errors.Join(err, o.Close())
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != v.SHA256 {
			a.broken("asset_hash", v.ID, "object %q is not what was stored: %s, the row says %s", v.BlobKey, got, v.SHA256)
		}
	}
	return o.Close()
}

// uploads: an asset that waits for its bytes has an upload that can still bring them. The sweep gives up both
// together, up to an hour late.
func (a *audit) uploads(ctx context.Context) error {
	type row struct{ id, detail string }
	scan := func(r db.Row) (v row, err error) { err = r.Scan(&v.id, &v.detail); return v, err }
	late := a.s.Clock.Now().Add(-UploadTTL - time.Hour).UnixMilli()
	list, err := db.List(ctx, a.s.DB, scan, `SELECT id, owner FROM media_assets WHERE state = 'uploading' AND created_at < $1 ORDER BY id LIMIT $2`, late, auditPage)
	for _, v := range list {
		a.broken("upload_given_up", v.id, "its upload was never finished nor given up")
	}
	if err != nil {
		return err
	}
	list, err = db.List(ctx, a.s.DB, scan, `SELECT id, CAST(received AS TEXT) || ' of ' || CAST(length AS TEXT) FROM media_uploads WHERE received > length OR received < 0 ORDER BY id LIMIT $1`, auditPage)
	for _, v := range list {
		a.broken("upload_within_length", v.id, "%s bytes", v.detail)
	}
	return err
}

func (a *audit) recordings(ctx context.Context) error {
	type row struct{ id, state string }
	for after := ""; !a.full(); {
		list, err := db.List(ctx, a.s.DB, func(r db.Row) (v row, err error) { err = r.Scan(&v.id, &v.state); return v, err },
			`SELECT id, state FROM media_recordings WHERE id > $1 ORDER BY id LIMIT $2`, after, auditPage)
		if err != nil {
			return err
		}
		for _, v := range list {
			if a.offline && v.state == "recording" {
				a.broken("recording_open", v.id, "no server runs, but this recording has not ended")
			}
			if err := a.segments(ctx, v.id); err != nil {
				return err
			}
		}
		if len(list) < auditPage {
			return nil
		}
		after = list[len(list)-1].id
	}
	return nil
}

// segments checks a recording's rows against its objects. A running one may have an object more than rows,
// because the object is stored first; never a row more than objects.
func (a *audit) segments(ctx context.Context, recordingID string) error {
	rec, err := a.s.Recording(ctx, recordingID)
	if err != nil {
		return err
	}
	size := map[string]int64{}
	if err := a.s.Blobs.List(ctx, "rec/"+recordingID+"/", func(key string, n int64) error { size[key] = n; return nil }); err != nil {
		return err
	}
	for _, seg := range rec.Segments {
		if n, ok := size[segmentKey(recordingID, seg.Seq)]; !ok || n != seg.Bytes {
			a.broken("segment_object", recordingID, "segment %d has %d bytes, the row says %d", seg.Seq, n, seg.Bytes)
		}
		if size[initKey(recordingID, seg.Init)] == 0 {
			a.broken("segment_init", recordingID, "segment %d needs init %d, which is missing", seg.Seq, seg.Init)
		}
	}
	return nil
}
