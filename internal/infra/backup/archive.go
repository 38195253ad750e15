package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Archive is an opened backup whose every byte was found as it was written.
type Archive struct {
	Head     Head
	Manifest Manifest
	f        *os.File
	parts    []place // in their order
}

// place is where a part's content lies.
type place struct {
	name     string
	at, size int64
}

// Open reads the whole file once and checks it. Errors: ErrNewer, ErrDamaged.
func Open(ctx context.Context, file string, progress Progress) (_ *Archive, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	a := &Archive{f: f}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	if err := a.readHead(); err != nil {
		return nil, err
	}
	if err := a.checkSeal(ctx, progress); err != nil {
		return nil, err
	}
	if err := a.index(); err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return a, nil
}

// Close releases the file.
func (a *Archive) Close() error { return a.f.Close() }

// readHead comes before the seal: a later format may end in another way.
func (a *Archive) readHead() error {
	tr := tar.NewReader(a.f)
	h, err := tr.Next()
	if err != nil || h.Name != headName {
		return fmt.Errorf("this is no backup of Hawker, or its beginning is missing: %w", ErrDamaged)
	}
	if h.Size > maxDocument {
		return ErrDamaged
	}
	if err := json.NewDecoder(tr).Decode(&a.Head); err != nil || a.Head.Format < 1 {
		return fmt.Errorf("the first part cannot be read: %w", ErrDamaged)
	}
	if a.Head.Format > Format {
		return fmt.Errorf("%w (its format is %d, this program reads up to %d)", ErrNewer, a.Head.Format, Format)
	}
	return nil
}

func (a *Archive) checkSeal(ctx context.Context, progress Progress) error {
	info, err := a.f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < sealBytes {
		return ErrDamaged
	}
	body := info.Size() - sealBytes
	sum := sha256.New()
	told := &telling{r: io.NewSectionReader(a.f, 0, body), tell: func(done int64) { progress.tell("reading", done, body) }}
	if _, err := io.CopyBuffer(sum, stopping{ctx, told}, make([]byte, 1<<20)); err != nil {
		return err
	}
	want, err := sealOf(sum.Sum(nil))
	if err != nil {
		return err
	}
	got := make([]byte, sealBytes)
	if _, err := a.f.ReadAt(got, body); err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return ErrDamaged
	}
	return nil
}

// telling tells how much was read, now and then.
type telling struct {
	r          io.Reader
	done, last int64
	tell       func(done int64)
}

// tellEvery keeps the line readable and the cost out of sight.
const tellEvery = 32 << 20

func (t *telling) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.done += int64(n)
	if t.done-t.last >= tellEvery {
		t.last = t.done
		t.tell(t.done)
	}
	return n, err
}

var errParts = errors.New("the parts are not those of the manifest")

func (a *Archive) index() error {
	if _, err := a.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	tr := tar.NewReader(a.f)
	var manifest []byte
	for {
		h, err := tr.Next()
		if err != nil { // also io.EOF: no archive ends before its seal
			return err
		}
		if h.Name == sealName {
			break
		}
		at, err := a.f.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		if h.Name != manifestName {
			a.parts = append(a.parts, place{h.Name, at, h.Size})
			continue
		}
		if h.Size > maxDocument {
			return errParts
		}
		if manifest, err = io.ReadAll(tr); err != nil {
			return err
		}
	}
	if err := json.Unmarshal(manifest, &a.Manifest); err != nil {
		return err
	}
	if len(a.parts) != len(a.Manifest.Parts) {
		return errParts
	}
	for i, p := range a.Manifest.Parts {
		if a.parts[i].name != p.Name || a.parts[i].size != p.Bytes {
			return errParts
		}
	}
	return nil
}

// under calls fn for every part whose name begins with dir, with the rest of its name.
func (a *Archive) under(dir string, fn func(name string, content *io.SectionReader) error) error {
	for _, p := range a.parts {
		if name, ok := strings.CutPrefix(p.name, dir); ok {
			if err := fn(name, io.NewSectionReader(a.f, p.at, p.size)); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
	}
	return nil
}
