package media

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Kind of an asset.
type Kind string

const (
	Video Kind = "video"
	Image Kind = "image"
)

// AssetState says whether an asset can be shown.
type AssetState string

const (
	Uploading AssetState = "uploading"
	Ready     AssetState = "ready"
	Refused   AssetState = "refused"
)

// Asset is an uploaded video or picture.
type Asset struct {
	ID          string
	Owner       string // user id
	Kind        Kind
	State       AssetState
	Code        string // why it was refused
	BlobKey     string
	ContentType string
	Bytes       int64
	Width       int // pixels as shown, rotation applied
	Height      int
	DurationMS  int64
	Codecs      string
	SHA256      string
	CreatedAt   int64
}

const assetColumns = `id, owner, kind, state, code, blob_key, content_type, bytes, width, height, duration_ms, codecs, sha256, created_at`

func scanAsset(r db.Row) (a Asset, err error) {
	err = r.Scan(&a.ID, &a.Owner, &a.Kind, &a.State, &a.Code, &a.BlobKey, &a.ContentType, &a.Bytes, &a.Width, &a.Height, &a.DurationMS, &a.Codecs, &a.SHA256, &a.CreatedAt)
	return a, err
}

// ErrNoAsset is the answer for a file that does not exist or is not yours.
var ErrNoAsset = errs.New(errs.NotFound, "asset_not_found", "no such file; upload it again")

// Asset finds an asset.
func (s *Service) Asset(ctx context.Context, assetID string) (Asset, error) {
	a, found, err := db.Get(ctx, s.DB, scanAsset, `SELECT `+assetColumns+` FROM media_assets WHERE id = $1`, assetID)
	if err == nil && !found {
		err = ErrNoAsset
	}
	return a, err
}

// AssetsByID returns those of the assets that exist, keyed by id. At most 500 ids a call.
func (s *Service) AssetsByID(ctx context.Context, ids []string) (map[string]Asset, error) {
	out := make(map[string]Asset, len(ids))
	args := make([]any, 0, len(ids))
	for _, v := range ids {
		if _, seen := out[v]; v != "" && !seen {
			out[v] = Asset{}
			args = append(args, v)
		}
	}
	clear(out)
	if len(args) == 0 {
		return out, nil
	}
	list, err := db.List(ctx, s.DB, scanAsset, `SELECT `+assetColumns+` FROM media_assets WHERE id IN (`+db.Placeholders(1, len(args))+`)`, args...)
	for _, a := range list {
		out[a.ID] = a
	}
	return out, err
}

// Own finds a ready asset of the kind that belongs to the user; otherwise it says what to do.
func (s *Service) Own(ctx context.Context, userID, assetID string, kind Kind) (Asset, error) {
	a, err := s.Asset(ctx, assetID)
	switch {
	case err != nil:
		return a, err
	case a.Owner != userID:
		return Asset{}, ErrNoAsset
	case a.Kind != kind:
		return Asset{}, errs.New(errs.Invalid, "asset_kind", "this file is a %s; a %s is needed here", a.Kind, kind)
	case a.State == Uploading:
		return Asset{}, errs.New(errs.Conflict, "asset_uploading", "the upload has not finished; wait for its last byte")
	case a.State == Refused:
		return Asset{}, errs.New(errs.Conflict, "asset_refused", "this file was refused; upload another")
	}
	return a, nil
}

// OwnImage checks that a picture exists, is ready and belongs to the user.
func (s *Service) OwnImage(ctx context.Context, userID, assetID string) error {
	_, err := s.Own(ctx, userID, assetID, Image)
	return err
}

func (s *Service) insertAsset(ctx context.Context, a Asset) error {
	_, err := s.DB.Exec(ctx, `INSERT INTO media_assets (`+assetColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		a.ID, a.Owner, string(a.Kind), string(a.State), a.Code, a.BlobKey, a.ContentType, a.Bytes, a.Width, a.Height, a.DurationMS, a.Codecs, a.SHA256, a.CreatedAt)
	return err
}

func (s *Service) updateAsset(ctx context.Context, a Asset) error {
	_, err := s.DB.Exec(ctx, `UPDATE media_assets SET state = $1, code = $2, blob_key = $3, content_type = $4, bytes = $5, width = $6, height = $7,
		duration_ms = $8, codecs = $9, sha256 = $10 WHERE id = $11`,
		string(a.State), a.Code, a.BlobKey, a.ContentType, a.Bytes, a.Width, a.Height, a.DurationMS, a.Codecs, a.SHA256, a.ID)
	return err
}

// StoredBytes is the sum of all ready assets and recordings, for the operator's overview.
func (s *Service) StoredBytes(ctx context.Context) (int64, error) {
	n, _, err := db.Get(ctx, s.DB, func(r db.Row) (n int64, err error) { err = r.Scan(&n); return n, err },
		`SELECT CAST(coalesce((SELECT sum(bytes) FROM media_assets WHERE state = 'ready'), 0) + coalesce((SELECT sum(bytes) FROM media_segments), 0) AS BIGINT)`)
	return n, err
}

// AddImage stores a picture. The bytes decide the type, not the name; at most MaxImageBytes and MaxPixels.
func (s *Service) AddImage(ctx context.Context, owner string, r io.Reader) (Asset, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxImageBytes+1))
	if err != nil {
		return Asset{}, fmt.Errorf("read picture: %w", err)
	}
	info, err := sniffImage(body)
	if err != nil {
		return Asset{}, err
	}
	a := Asset{
		ID: s.IDs.New("img"), Owner: owner, Kind: Image, State: Ready, ContentType: info.contentType, Bytes: int64(len(body)),
		Width: info.width, Height: info.height, SHA256: sha256Hex(body), CreatedAt: s.Clock.Now().UnixMilli(),
	}
	a.BlobKey = "img/" + a.ID
	if err := s.Blobs.Put(ctx, a.BlobKey, bytes.NewReader(body), a.Bytes, a.ContentType); err != nil {
		return Asset{}, fmt.Errorf("store picture: %w", err)
	}
	// The object stays when this fails: the row may have been committed although its answer was lost, and a row
	// without its object is worse than the opposite, which SweepObjects removes.
	if err := s.insertAsset(ctx, a); err != nil {
		return Asset{}, fmt.Errorf("note picture: %w", err)
	}
	return a, nil
}
