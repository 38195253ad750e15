//go:build s3real

package blob_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/blob"
)

// wire stands between a store and its server and may change requests on the way.
type wire struct {
	url    string
	change atomic.Pointer[func(*http.Request)]
}

// tap opens the bucket through a wire, which passes everything on unchanged at first.
func (b *realBucket) tap() (*wire, blob.Store) {
	b.t.Helper()
	scheme := "https"
	if b.url.Query().Get("secure") == "0" {
		scheme = "http"
	}
	w := &wire{}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(&url.URL{Scheme: scheme, Host: b.url.Host})
		p.Out.Host = p.In.Host // it is signed
		if change := w.change.Load(); change != nil {
			(*change)(p.Out)
		}
	}})
	b.t.Cleanup(proxy.Close)
	u, err := url.Parse(b.with(strings.TrimPrefix(proxy.URL, "http://"), b.url.User))
	if err != nil {
		b.t.Fatal(err)
	}
	q := u.Query()
	q.Set("secure", "0") // to the wire; onward as the url says
	u.RawQuery = q.Encode()
	s, err := blob.Open(context.Background(), u.String())
	if err != nil {
		b.t.Fatalf("through the unchanged wire: %v", err)
	}
	return w, s
}

func (w *wire) set(change func(*http.Request)) { w.change.Store(&change) }

// otherHex is a signature with its last digit changed.
func otherHex(s string) string {
	last := "0"
	if strings.HasSuffix(s, "0") {
		last = "1"
	}
	return s[:len(s)-1] + last
}

func status(t *testing.T, at string) int {
	t.Helper()
	client := &http.Client{}
	defer client.CloseIdleConnections()
	res, err := client.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}

func TestS3Real_RefusesATamperedSignature(t *testing.T) {
	ctx := context.Background()
	b := newRealBucket(t)
	w, s := b.tap()
	if err := s.Put(ctx, "img/a", strings.NewReader("mine"), 4, "image/png"); err != nil {
		t.Fatalf("through the unchanged wire: %v", err)
	}
	o, err := s.Open(ctx, "img/a")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = o.Close() }()
	for name, change := range map[string]func(*http.Request){
		"signature": func(r *http.Request) {
			r.Header.Set("Authorization", otherHex(r.Header.Get("Authorization")))
		},
		"none": func(r *http.Request) { r.Header.Del("Authorization") },
		"another key": func(r *http.Request) {
			r.URL.Path = strings.Replace(r.URL.Path, "/img/", "/rec/", 1)
			r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "prefix=img", "prefix=rec", 1)
		},
	} {
		w.set(change)
		_, openErr := s.Open(ctx, "img/a")
		_, readErr := o.ReadAt(make([]byte, 4), 0)
		for act, err := range map[string]error{
			"put": s.Put(ctx, "img/b", strings.NewReader("theirs"), 6, "image/png"), "open": openErr, "read": readErr,
			"delete": s.Delete(ctx, "img/a"), "list": s.List(ctx, "img/", func(string, int64) error { return nil }),
		} {
			if err == nil || errs.Is(err, errs.NotFound) {
				t.Errorf("%s, %s: %v", name, act, err)
			}
		}
	}
	if got := b.keys(); len(got) != 1 || got[0] != "img/a" {
		t.Errorf("the bucket holds %v", got)
	}
}

func TestS3Real_RefusesATamperedBody(t *testing.T) {
	b := newRealBucket(t)
	w, s := b.tap()
	var changed atomic.Bool
	w.set(func(r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if other := bytes.Replace(body, []byte("pay 100"), []byte("pay 900"), 1); !bytes.Equal(body, other) {
			body = other
			changed.Store(true)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	})
	if err := s.Put(context.Background(), "img/a", strings.NewReader("pay 100"), 7, "text/plain"); err == nil {
		t.Error("a changed body was stored")
	}
	if !changed.Load() {
		t.Error("the test changed nothing")
	}
	if got := b.keys(); len(got) != 0 {
		t.Errorf("the bucket holds %v", got)
	}
}
