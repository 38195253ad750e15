package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
	"github.com/hawker-live/hawker/internal/media/tus"
	"github.com/hawker-live/hawker/internal/media/vod"
)

const (
	// MaxUploadBytes of one video: 30 minutes at 16 Mbit/s, with room.
	MaxUploadBytes = 4 << 30
	// UploadTTL is how long an interrupted upload can be resumed.
	UploadTTL = 24 * time.Hour
	// maxOpenUploads of one person at once.
	maxOpenUploads = 20
)

// Uploads is the store of uploads under way. It satisfies tus.Store.
type Uploads struct{ s *Service }

// Uploads returns the store of uploads under way.
func (s *Service) Uploads() Uploads { return Uploads{s} }

// AssetOfUpload is the id of the asset an upload becomes.
func AssetOfUpload(uploadID string) string {
	_, rest, _ := strings.Cut(uploadID, "_")
	return "ast_" + rest
}

// Create notes a new upload and the asset it will become.
func (u Uploads) Create(ctx context.Context, up tus.Upload) error {
	return u.s.DB.Tx(ctx, func(ctx context.Context) error {
		n, _, err := db.Get(ctx, u.s.DB, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err },
			`SELECT count(*) FROM media_uploads WHERE owner = $1 AND expires_at > $2 AND received < length`, up.Owner, up.CreatedAt.UnixMilli())
		if err != nil {
			return err
		}
		if n >= maxOpenUploads {
			return errs.New(errs.TooMany, "uploads_open", "%d uploads are under way; finish or cancel some first", maxOpenUploads).With("max", maxOpenUploads)
		}
		if _, err := u.s.DB.Exec(ctx, `INSERT INTO media_uploads (id, owner, length, received, filename, mime, created_at, expires_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
			up.ID, up.Owner, up.Length, up.Offset, up.Filename, up.MIME, up.CreatedAt.UnixMilli(), up.ExpiresAt.UnixMilli()); err != nil {
			return err
		}
		return u.s.insertAsset(ctx, Asset{ID: AssetOfUpload(up.ID), Owner: up.Owner, Kind: Video, State: Uploading, Bytes: up.Length, CreatedAt: up.CreatedAt.UnixMilli()})
	})
}

func scanUpload(r db.Row) (u tus.Upload, err error) {
	var created, expires int64
	err = r.Scan(&u.ID, &u.Owner, &u.Length, &u.Offset, &u.Filename, &u.MIME, &created, &expires)
	u.CreatedAt, u.ExpiresAt = time.UnixMilli(created), time.UnixMilli(expires)
	return u, err
}

// Get finds an upload. A finished one is found by its asset for as long as a client may still ask.
func (u Uploads) Get(ctx context.Context, id string) (tus.Upload, error) {
	up, found, err := db.Get(ctx, u.s.DB, scanUpload, `SELECT id, owner, length, received, filename, mime, created_at, expires_at FROM media_uploads WHERE id = $1`, id)
	if err == nil && !found {
		return up, errs.New(errs.NotFound, "upload_not_found", "there is no such upload; start again")
	}
	if err == nil {
		a, err := u.s.Asset(ctx, AssetOfUpload(id))
		up.Done = err == nil && a.State == Ready
	}
	return up, err
}

// SetOffset notes how much has arrived and is on disk.
func (u Uploads) SetOffset(ctx context.Context, id string, offset int64, _ bool) error {
	_, err := u.s.DB.Exec(ctx, `UPDATE media_uploads SET received = $1 WHERE id = $2`, offset, id)
	return err
}

// Delete forgets an upload. The asset of one that never finished is refused.
func (u Uploads) Delete(ctx context.Context, id string) error {
	return u.s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := u.s.DB.Exec(ctx, `UPDATE media_assets SET state = 'refused', code = 'upload_abandoned' WHERE id = $1 AND state = 'uploading'`, AssetOfUpload(id)); err != nil {
			return err
		}
		_, err := u.s.DB.Exec(ctx, `DELETE FROM media_uploads WHERE id = $1`, id)
		return err
	})
}

// Expired lists uploads nobody resumed in time.
func (u Uploads) Expired(ctx context.Context, now time.Time, limit int) ([]tus.Upload, error) {
	return db.List(ctx, u.s.DB, scanUpload, `SELECT id, owner, length, received, filename, mime, created_at, expires_at FROM media_uploads
		WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2`, now.UnixMilli(), limit)
}

// Finish turns an uploaded file into a playable asset: its index is read and its codecs are checked, then
// the file itself moves to the blob store. Nothing is transcoded, so it plays at once. A file that cannot
// be played is refused with the way out, and its asset says why.
func (u Uploads) Finish(ctx context.Context, up tus.Upload, path string) error {
	a, err := u.s.Asset(ctx, AssetOfUpload(up.ID))
	if err != nil {
		return err
	}
	if a.State == Ready {
		return nil // the answer to the first try was lost on the way
	}
	return u.s.take(ctx, &a, path)
}

// take adopts the file, or notes on the asset why it cannot be played. A fault of ours (a full disk, a
// database that does not answer) is no refusal: the next try may succeed.
func (s *Service) take(ctx context.Context, a *Asset, path string) error {
	err := s.adopt(ctx, a, path)
	if code := errs.CodeOf(err); code != "" && !errs.Is(err, errs.Busy) && !errs.Is(err, errs.Internal) {
		a.State, a.Code, a.BlobKey, a.ContentType = Refused, code, "", ""
		return errors.Join(err, s.updateAsset(ctx, *a))
	}
	return err
}

func (s *Service) adopt(ctx context.Context, a *Asset, path string) error {
	a.BlobKey, a.ContentType = "vod/"+a.ID, "video/mp4"
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return s.adoptMoved(ctx, a)
	}
	if err != nil {
		return fmt.Errorf("open upload: %w", err)
	}
	st, err := f.Stat()
	if err == nil {
		err = s.describe(ctx, a, f, st.Size())
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := s.Blobs.PutFile(ctx, a.BlobKey, path, a.ContentType); err != nil {
		return fmt.Errorf("keep upload: %w", err)
	}
	a.State = Ready
	return s.updateAsset(ctx, *a)
}

// adoptMoved goes on where a crash stopped adopt: the file is in its place, its row does not say so yet.
func (s *Service) adoptMoved(ctx context.Context, a *Asset) error {
	o, err := s.Blobs.Open(ctx, a.BlobKey)
	if errs.Is(err, errs.NotFound) { // neither here nor there: internal, so that nobody is told it was refused
		return fmt.Errorf("the upload's file is gone, and %s was never stored", a.BlobKey)
	}
	if err != nil {
		return fmt.Errorf("look for a moved upload: %w", err)
	}
	err = s.describe(ctx, a, o, o.Size())
	if err := errors.Join(err, o.Close()); err != nil {
		return err
	}
	a.State = Ready
	return s.updateAsset(ctx, *a)
}

func (s *Service) describe(ctx context.Context, a *Asset, f io.ReaderAt, size int64) error {
	info, err := s.movies.Probe(ctx, f, size)
	if err != nil {
		return err
	}
	a.Bytes, a.Width, a.Height, a.DurationMS, a.Codecs = size, info.Width, info.Height, info.DurationMS, info.Codecs
	return nil
}

// AddVideo makes an asset of a local file: for the sample world and imports. The file is moved. A file that
// cannot be played is refused as an upload would be, and stays where it is.
func (s *Service) AddVideo(ctx context.Context, owner, path string) (Asset, error) {
	a := Asset{ID: s.IDs.New("ast"), Owner: owner, Kind: Video, State: Uploading, CreatedAt: s.Clock.Now().UnixMilli()}
	if err := s.insertAsset(ctx, a); err != nil {
		return a, err
	}
	err := s.take(ctx, &a, path)
	return a, err
}

// Movie opens an asset for playing. release must be called once its answer is written.
func (s *Service) Movie(ctx context.Context, assetID string) (stream *vod.Stream, release func(), err error) {
	return s.movies.Get(ctx, assetID)
}

func (s *Service) openOriginal(ctx context.Context, assetID string) (vod.File, int64, error) {
	a, err := s.Asset(ctx, assetID)
	if err != nil {
		return nil, 0, err
	}
	if a.Kind != Video || a.State != Ready {
		return nil, 0, ErrNoAsset
	}
	o, err := s.Blobs.Open(ctx, a.BlobKey)
	if err != nil {
		return nil, 0, err
	}
	return o, o.Size(), nil
}
