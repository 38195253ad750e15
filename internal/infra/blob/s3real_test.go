//go:build s3real

package blob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/blob"
	"github.com/hawker-live/hawker/internal/infra/blob/blobtest"
)

// The tests of this file run against the server of HAWKER_TEST_S3_URL, a blob url whose account may
// make buckets: scripts/s3.sh starts one. Each makes a bucket of its own and removes it.

type realBucket struct {
	t      *testing.T
	url    *url.URL // of the new bucket
	client *minio.Client
}

func newRealBucket(t *testing.T) *realBucket {
	t.Helper()
	u, err := url.Parse(os.Getenv("HAWKER_TEST_S3_URL"))
	if err != nil || u.Scheme != "s3" {
		t.Fatal("HAWKER_TEST_S3_URL must be a blob url, s3://key:secret@host:port/bucket?region=…&secure=0")
	}
	var random [8]byte
	_, _ = rand.Read(random[:])
	u.Path = "/hawker-test-" + hex.EncodeToString(random[:])
	secret, _ := u.User.Password()
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(u.User.Username(), secret, ""), Region: u.Query().Get("region"),
		Secure: u.Query().Get("secure") != "0", BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		t.Fatal(err)
	}
	b := &realBucket{t: t, url: u, client: client}
	if err := client.MakeBucket(context.Background(), b.name(), minio.MakeBucketOptions{Region: u.Query().Get("region")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.remove)
	return b
}

func (b *realBucket) name() string { return strings.TrimPrefix(b.url.Path, "/") }

func (b *realBucket) remove() {
	ctx := context.Background()
	for o := range b.client.ListObjects(ctx, b.name(), minio.ListObjectsOptions{Recursive: true}) {
		if err := errors.Join(o.Err, b.client.RemoveObject(ctx, b.name(), o.Key, minio.RemoveObjectOptions{})); err != nil {
			b.t.Error(err)
		}
	}
	if err := b.client.RemoveBucket(ctx, b.name()); err != nil {
		b.t.Error(err)
	}
}

func (b *realBucket) open() blob.Store {
	b.t.Helper()
	s, err := blob.Open(context.Background(), b.url.String())
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// with is the bucket's url with another host or account.
func (b *realBucket) with(host string, user *url.Userinfo) string {
	u := *b.url
	u.Host, u.User = host, user
	return u.String()
}

func (b *realBucket) keys() []string {
	b.t.Helper()
	var out []string
	for o := range b.client.ListObjects(context.Background(), b.name(), minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			b.t.Fatal(o.Err)
		}
		out = append(out, o.Key)
	}
	return out
}

func TestS3Real_KeepsTheContract(t *testing.T) {
	b := newRealBucket(t)
	s := b.open()
	// versitygw keeps keys as paths, and refuses a put in the moment in which a delete takes the last
	// file of its folder away: a neighbour keeps the folder of the suite's concurrent writers.
	if err := s.Put(context.Background(), "e/one/neighbour", strings.NewReader("n"), 1, ""); err != nil {
		t.Fatal(err)
	}
	blobtest.Suite(t, s)
	u := *b.url
	u.Path += "-missing"
	if _, err := blob.Open(context.Background(), u.String()); err == nil || !strings.Contains(err.Error(), "there is no bucket") {
		t.Errorf("a bucket that does not exist: %v", err)
	}
}

// bigSize is more than one part, and not a whole number of them.
const bigSize = 20<<20 + 4321

func bigBlob() []byte {
	data := make([]byte, bigSize)
	_, _ = rand.Read(data)
	return data
}

func TestS3Real_StoresInParts(t *testing.T) {
	ctx := context.Background()
	b := newRealBucket(t)
	s, data := b.open(), bigBlob()
	for key, size := range map[string]int64{"rec/known": bigSize, "rec/unknown": -1} {
		if err := s.Put(ctx, key, bytes.NewReader(data), size, "video/mp4"); err != nil {
			t.Fatal(err)
		}
		o, err := s.Open(ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.New()
		if n, err := io.Copy(sum, o); err != nil || n != bigSize || n != o.Size() {
			t.Fatalf("%s: read %d of %d bytes: %v", key, n, o.Size(), err)
		}
		if want := sha256.Sum256(data); !bytes.Equal(sum.Sum(nil), want[:]) {
			t.Errorf("%s came back changed", key)
		}
		ranges(t, o, data)
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		info, err := b.client.StatObject(ctx, b.name(), key, minio.StatObjectOptions{})
		if err != nil || info.ContentType != "video/mp4" || !strings.Contains(info.ETag, "-") {
			t.Errorf("%s: %s, etag %s (want one of parts), %v", key, info.ContentType, info.ETag, err)
		}
	}
}

// ranges reads around the border of two parts, at the ends, and after a seek.
func ranges(t *testing.T, o blob.Object, data []byte) {
	t.Helper()
	const border = 16 << 20
	for _, off := range []int64{0, border - 1000, border, bigSize - 1500} {
		p := make([]byte, 2000)
		n, err := o.ReadAt(p, off)
		want := data[off:min(off+2000, bigSize)]
		if !bytes.Equal(p[:n], want) || (n < len(p)) != errors.Is(err, io.EOF) {
			t.Errorf("at %d: %d bytes, %v", off, n, err)
		}
	}
	if _, err := o.Seek(-10, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(o); err != nil || !bytes.Equal(rest, data[bigSize-10:]) {
		t.Errorf("the last bytes: %d, %v", len(rest), err)
	}
}

func TestS3Real_AnUploadThatBreaksLeavesNothing(t *testing.T) {
	ctx := context.Background()
	b := newRealBucket(t)
	s, data := b.open(), bigBlob()
	gone := errors.New("the client went away")
	for key, c := range map[string]struct {
		r    io.Reader
		size int64
	}{
		"broken": {io.MultiReader(bytes.NewReader(data[:18<<20]), iotest.ErrReader(gone)), -1},
		"short":  {bytes.NewReader(data[:18<<20]), bigSize},
		"long":   {bytes.NewReader(data), 18 << 20},
	} {
		if err := s.Put(ctx, "rec/"+key, c.r, c.size, "video/mp4"); err == nil {
			t.Errorf("%s: stored", key)
		}
		if _, err := s.Open(ctx, "rec/"+key); !errs.Is(err, errs.NotFound) {
			t.Errorf("%s: %v", key, err)
		}
	}
	for up := range b.client.ListIncompleteUploads(ctx, b.name(), "", true) {
		t.Errorf("parts of %s were left behind: %v", up.Key, up.Err)
	}
}

func TestS3Real_AnOpenedBlobIsNeverMixed(t *testing.T) {
	ctx := context.Background()
	s := newRealBucket(t).open()
	if err := s.Put(ctx, "img/a", strings.NewReader("first"), 5, "image/png"); err != nil {
		t.Fatal(err)
	}
	o, err := s.Open(ctx, "img/a")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	p := make([]byte, 5)
	if _, err := o.ReadAt(p, 0); err != nil || string(p) != "first" {
		t.Fatalf("%q, %v", p, err)
	}
	if err := s.Put(ctx, "img/a", strings.NewReader("newer"), 5, "image/png"); err != nil {
		t.Fatal(err)
	}
	if n, err := o.ReadAt(p, 0); err == nil {
		t.Errorf("after replacing, the old object still gave %q", p[:n])
	}
	if err := s.Delete(ctx, "img/a"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.ReadAt(p, 0); !errs.Is(err, errs.NotFound) {
		t.Errorf("after deleting: %v", err)
	}
}

func TestS3Real_RefusesStrangers(t *testing.T) {
	b := newRealBucket(t)
	key := b.url.User.Username()
	secret, _ := b.url.User.Password()
	for name, user := range map[string]*url.Userinfo{
		"wrong secret": url.UserPassword(key, secret+"x"), "unknown key": url.UserPassword("nobody", secret),
	} {
		_, err := blob.Open(context.Background(), b.with(b.url.Host, user))
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.open().Put(context.Background(), "img/a", strings.NewReader("mine"), 4, "image/png"); err != nil {
		t.Fatal(err)
	}
	signed, err := b.client.PresignedGetObject(context.Background(), b.name(), "img/a", time.Minute, nil)
	if err != nil {
		t.Fatal(err)
	}
	unsigned, forged := *signed, *signed
	unsigned.RawQuery = ""
	q := forged.Query()
	q.Set("X-Amz-Signature", otherHex(q.Get("X-Amz-Signature")))
	forged.RawQuery = q.Encode()
	for name, c := range map[string]struct {
		url  url.URL
		want int
	}{"signed": {*signed, http.StatusOK}, "unsigned": {unsigned, http.StatusForbidden}, "forged": {forged, http.StatusForbidden}} {
		if got := status(t, c.url.String()); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
