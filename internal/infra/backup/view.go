package backup

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/blob"
)

var errReadOnly = errors.New("an archive is only read")

// Blobs shows the archive's files as a store that only reads, so that a backup can be checked without a second
// copy of every video. It works until Close.
func (a *Archive) Blobs() blob.Store {
	v := &view{a: a, at: map[string]place{}}
	for _, p := range a.parts {
		if key, ok := strings.CutPrefix(p.name, filesDir); ok {
			v.at[key] = p
		}
	}
	return v
}

type view struct {
	a  *Archive
	at map[string]place
}

func (v *view) Open(_ context.Context, key string) (blob.Object, error) {
	p, ok := v.at[key]
	if !ok {
		return nil, errs.ForProgram(errs.NotFound, "blob_not_found", "no file %s", key)
	}
	return object{io.NewSectionReader(v.a.f, p.at, p.size)}, nil
}

func (v *view) List(_ context.Context, prefix string, fn func(key string, size int64) error) error {
	for key, p := range v.at {
		if strings.HasPrefix(key, prefix) {
			if err := fn(key, p.size); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *view) Put(context.Context, string, io.Reader, int64, string) error { return errReadOnly }

func (v *view) PutFile(context.Context, string, string, string) error { return errReadOnly }

func (v *view) Delete(context.Context, string) error { return errReadOnly }

type object struct{ *io.SectionReader }

func (object) Close() error { return nil }
