package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// partSize bounds the memory of one upload of unknown size, and allows 160 GB with S3's 10,000 parts.
const partSize = 16 << 20

type s3 struct {
	core   *minio.Core
	bucket string
}

// openS3 never repeats the url in an error: it holds the secret.
func openS3(ctx context.Context, raw string) (*s3, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("the url cannot be parsed")
	}
	bucket := strings.Trim(u.Path, "/")
	secret, ok := u.User.Password()
	if !ok || u.Host == "" || bucket == "" || strings.Contains(bucket, "/") {
		return nil, errors.New("the url must look like s3://key:secret@host:port/bucket?region=…&secure=1")
	}
	core, err := minio.NewCore(u.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(u.User.Username(), secret, ""),
		Secure:       u.Query().Get("secure") != "0",
		Region:       u.Query().Get("region"),
		BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, err
	}
	exists, err := core.BucketExists(ctx, bucket)
	if err != nil {
		return nil, fmt.Errorf("look at bucket %s: %w", bucket, err)
	}
	if !exists {
		return nil, fmt.Errorf("there is no bucket %s: create it first", bucket)
	}
	return &s3{core: core, bucket: bucket}, nil
}

func (s *s3) Put(ctx context.Context, key string, r io.Reader, size int64, contentType string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if size >= 0 {
		r = &exact{r: r, left: size}
	}
	_, err := s.core.Client.PutObject(ctx, s.bucket, key, r, size,
		minio.PutObjectOptions{ContentType: contentType, PartSize: partSize})
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	return nil
}

// exact fails unless r yields exactly left bytes: the client itself ignores what comes after.
type exact struct {
	r    io.Reader
	left int64
}

func (e *exact) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if e.left < 0 || (errors.Is(err, io.EOF) && e.left > 0) {
		return n, errSize
	}
	if e.left == 0 && err == nil {
		// The client stops here, so the one byte too many is looked for now.
		var more [1]byte
		if k, _ := io.ReadFull(e.r, more[:]); k > 0 {
			return n, errSize
		}
		return n, io.EOF
	}
	return n, err
}

func (s *s3) PutFile(ctx context.Context, key, from, contentType string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	size, err := syncFile(from)
	if err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	return copyFile(ctx, s, key, from, size, contentType)
}

func (s *s3) Open(ctx context.Context, key string) (Object, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	info, err := s.core.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return nil, s.wrap("open", key, err)
	}
	return &s3Object{s: s, ctx: ctx, key: key, etag: info.ETag, size: info.Size}, nil
}

func (s *s3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := s.core.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{})
	if err != nil && minio.ToErrorResponse(err).Code != minio.NoSuchKey {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

func (s *s3) List(ctx context.Context, prefix string, fn func(key string, size int64) error) error {
	for o := range s.core.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return fmt.Errorf("list %s: %w", prefix, o.Err)
		}
		if err := fn(o.Key, o.Size); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (s *s3) wrap(act, key string, err error) error {
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return notFound(key)
	}
	return fmt.Errorf("%s %s: %w", act, key, err)
}

// s3Object reads by ranges: each ReadAt is a request of its own, Read keeps one body open. The ETag
// makes a blob that was replaced meanwhile an error instead of a mixture.
type s3Object struct {
	s    *s3
	ctx  context.Context
	key  string
	etag string
	size int64

	mu   sync.Mutex
	at   int64
	body io.ReadCloser // from at on; nil when not reading
}

func (o *s3Object) Size() int64 { return o.size }

func (o *s3Object) get(from, to int64) (io.ReadCloser, error) {
	opts := minio.GetObjectOptions{}
	if err := errors.Join(opts.SetMatchETag(o.etag), opts.SetRange(from, to)); err != nil {
		return nil, err
	}
	body, _, _, err := o.s.core.GetObject(o.ctx, o.s.bucket, o.key, opts)
	if err != nil {
		return nil, o.s.wrap("read", o.key, err)
	}
	return body, nil
}

func (o *s3Object) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("read %s: negative offset", o.key)
	}
	want := min(int64(len(p)), o.size-off)
	if want <= 0 {
		if len(p) == 0 {
			return 0, nil
		}
		return 0, io.EOF
	}
	body, err := o.get(off, off+want-1)
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(body, p[:want])
	if err = errors.Join(err, body.Close()); err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

func (o *s3Object) Read(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.at >= o.size {
		return 0, io.EOF
	}
	if o.body == nil {
		body, err := o.get(o.at, o.size-1)
		if err != nil {
			return 0, err
		}
		o.body = body
	}
	n, err := o.body.Read(p)
	o.at += int64(n)
	if errors.Is(err, io.EOF) && o.at < o.size {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (o *s3Object) Seek(offset int64, whence int) (int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += o.at
	case io.SeekEnd:
		offset += o.size
	}
	if offset < 0 {
		return o.at, fmt.Errorf("seek %s: negative position", o.key)
	}
	if offset != o.at {
		o.at = offset
		return offset, o.drop()
	}
	return offset, nil
}

func (o *s3Object) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.drop()
}

func (o *s3Object) drop() error {
	if o.body == nil {
		return nil
	}
	err := o.body.Close()
	o.body = nil
	return err
}
