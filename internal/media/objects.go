package media

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/infra/db"
)

const (
	// objectAge is when an object without a row is a leftover of a crash: rows follow their objects within
	// seconds, and an upload whose row is still waiting counts as its object's row for as long as it may.
	objectAge = 6 * time.Hour
	// MaxLeftover is how old such an object may get before the audit names it: the sweep comes every hour.
	MaxLeftover = 24 * time.Hour
	// objectPage bounds how many keys are compared with the tables at once.
	objectPage = 500
)

// SweepObjects deletes stored objects that no row refers to and that are older than objectAge, and returns how
// many. An object is stored before its row, so a crash in between leaves one; a row is never left without.
func (s *Service) SweepObjects(ctx context.Context) (int, error) {
	n := 0
	err := s.leftovers(ctx, objectAge, func(key string) error {
		if err := s.Blobs.Delete(ctx, key); err != nil {
			return err
		}
		n++
		s.Log.Info("removed an object that nothing refers to", "key", key)
		return nil
	})
	if err != nil {
		return n, fmt.Errorf("sweep objects: %w", err)
	}
	return n, nil
}

// leftovers calls fn for every object of media that is older than age and that no row refers to.
func (s *Service) leftovers(ctx context.Context, age time.Duration, fn func(key string) error) error {
	before := s.Clock.Now().Add(-age).UnixMilli()
	for _, kind := range []struct {
		prefix string
		known  func(ctx context.Context, keys []string) (map[string]bool, error)
	}{{"vod/", s.assetKeys}, {"img/", s.assetKeys}, {"rec/", s.segmentKeys}} {
		var page []string
		judge := func() error {
			known, err := kind.known(ctx, page)
			if err != nil {
				return err
			}
			for _, key := range page {
				if !known[key] {
					if err := fn(key); err != nil {
						return err
					}
				}
			}
			page = page[:0]
			return nil
		}
		err := s.Blobs.List(ctx, kind.prefix, func(key string, _ int64) error {
			if made, ok := id.Time(ownerOf(key)); !ok || made > before {
				return nil
			}
			if page = append(page, key); len(page) < objectPage {
				return nil
			}
			return judge()
		})
		if err == nil {
			err = judge()
		}
		if err != nil {
			return fmt.Errorf("objects of %s: %w", kind.prefix, err)
		}
	}
	return nil
}

// ownerOf is the asset or recording that a key belongs to: the part after the prefix.
func ownerOf(key string) string {
	_, rest, _ := strings.Cut(key, "/")
	owner, _, _ := strings.Cut(rest, "/")
	return owner
}

func owners(keys []string) []any {
	seen := map[string]bool{}
	var out []any
	for _, key := range keys {
		if o := ownerOf(key); !seen[o] {
			seen[o] = true
			out = append(out, o)
		}
	}
	return out
}

// assetKeys are those of the keys that an asset refers to, or will once its upload has ended.
func (s *Service) assetKeys(ctx context.Context, keys []string) (map[string]bool, error) {
	out := map[string]bool{}
	ids := owners(keys)
	if len(ids) == 0 {
		return out, nil
	}
	list, err := db.List(ctx, s.DB, scanAsset, `SELECT `+assetColumns+` FROM media_assets WHERE id IN (`+db.Placeholders(1, len(ids))+`)`, ids...)
	for _, a := range list {
		out[a.BlobKey] = true
		if a.State == Uploading {
			out["vod/"+a.ID] = true
		}
	}
	return out, err
}

// segmentKeys are those of the keys that a recording refers to; a running one owns all of its objects.
func (s *Service) segmentKeys(ctx context.Context, keys []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, owner := range owners(keys) {
		rec := owner.(string)
		state, found, err := db.Get(ctx, s.DB, func(r db.Row) (v string, err error) { err = r.Scan(&v); return v, err },
			`SELECT state FROM media_recordings WHERE id = $1`, rec)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		if state == "recording" {
			for _, key := range keys {
				out[key] = out[key] || ownerOf(key) == rec
			}
			continue
		}
		type part struct{ seq, init int64 }
		parts, err := db.List(ctx, s.DB, func(r db.Row) (v part, err error) { err = r.Scan(&v.seq, &v.init); return v, err },
			`SELECT seq, init_n FROM media_segments WHERE recording_id = $1`, rec)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			out[segmentKey(rec, p.seq)], out[initKey(rec, p.init)] = true, true
		}
	}
	return out, nil
}
