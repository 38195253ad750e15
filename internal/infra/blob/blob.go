package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hawker-live/hawker/internal/errs"
)

// maxKey leaves room below S3's limit of 1,024 bytes and a path's of 4,096.
const maxKey = 512

// Object is an opened blob. Its reads end with the ctx of Open. One goroutine at a time may use
// Read and Seek; ReadAt may be called by many.
type Object interface {
	io.ReaderAt
	io.ReadSeeker
	io.Closer
	Size() int64 // in bytes
}

// Store keeps blobs by key. Safe for concurrent use. Every method refuses a bad key with
// errs.Invalid "blob_key".
type Store interface {
	// Put stores what r yields; size is its length in bytes, or -1 when unknown. It fails, and
	// stores nothing, when r yields another number of bytes. contentType matters to S3 only.
	Put(ctx context.Context, key string, r io.Reader, size int64, contentType string) error
	// PutFile stores a regular file and removes it from path: by renaming when both are on one
	// file system, else by copying. When it fails the file is still there.
	PutFile(ctx context.Context, key, path, contentType string) error
	// Open fails with errs.NotFound "blob_not_found" when there is no such blob.
	Open(ctx context.Context, key string) (Object, error)
	// Delete removes a blob; a missing one is no error.
	Delete(ctx context.Context, key string) error
	// List calls fn for every key with the prefix ("" for all), in no promised order, until fn
	// fails; it returns fn's error.
	List(ctx context.Context, prefix string, fn func(key string, size int64) error) error
}

// Open opens "file:/dir" (made when missing) or "s3://key:secret@host:port/bucket?region=…&secure=0"
// (path-style; the bucket must exist; secure=0 is plain HTTP) and checks that it answers.
func Open(ctx context.Context, url string) (Store, error) {
	switch {
	case strings.HasPrefix(url, "file:"):
		s, err := openFiles(strings.TrimPrefix(url, "file:"))
		if err != nil {
			return nil, fmt.Errorf("open file store: %w", err)
		}
		return s, nil
	case strings.HasPrefix(url, "s3://"):
		s, err := openS3(ctx, url)
		if err != nil {
			return nil, fmt.Errorf("open S3 store: %w", err)
		}
		return s, nil
	}
	return nil, errors.New("open blob store: the url must start with file: or s3://")
}

func checkKey(key string) error {
	if key == "" || len(key) > maxKey {
		return errs.ForProgram(errs.Invalid, "blob_key", "a key has 1 to %d bytes", maxKey)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || segment[0] == '.' || strings.IndexFunc(segment, badRune) >= 0 {
			return errs.ForProgram(errs.Invalid, "blob_key", "%q is not a key", key)
		}
	}
	return nil
}

func badRune(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-'
}

func notFound(key string) error {
	return errs.ForProgram(errs.NotFound, "blob_not_found", "no file %s", key)
}

var errSize = errors.New("the content does not have the size that was announced")
