package httpclient

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

func client(t *testing.T, o Options, r *net.Resolver) *http.Client {
	t.Helper()
	c := build(o, r)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func get(t *testing.T, c *http.Client, target string) (int, string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, target, nil)
	if err != nil {
		return 0, "", err
	}
	answer, err := c.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), err
}

// names is a resolver that answers every question with the next of its addresses.
func names(ips ...string) *net.Resolver {
	var mu sync.Mutex
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer func() { _ = ours.Close() }()
			var size [2]byte
			if _, err := io.ReadFull(ours, size[:]); err != nil {
				return
			}
			q := make([]byte, binary.BigEndian.Uint16(size[:]))
			if _, err := io.ReadFull(ours, q); err != nil {
				return
			}
			end := 12
			for q[end] != 0 {
				end += int(q[end]) + 1
			}
			question := q[12 : end+5]
			a := append([]byte{q[0], q[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question...)
			if question[len(question)-3] == 1 { // an A question
				mu.Lock()
				ip := net.ParseIP(ips[0]).To4()
				if len(ips) > 1 {
					ips = ips[1:]
				}
				mu.Unlock()
				a[7] = 1
				a = append(a, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
				a = append(a, ip...)
			}
			_, _ = ours.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a...))
		}()
		return stream{theirs}, nil
	}}
}

// stream is not a PacketConn, so the resolver speaks DNS over TCP to it.
type stream struct{ net.Conn }

func TestClient_SpellingsOfLoopbackDoNotGetThrough(t *testing.T) {
	var hits atomic.Int64
	srv := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	port := srv.URL[strings.LastIndexByte(srv.URL, ':'):]
	c := client(t, Options{Timeout: 2 * time.Second}, names("127.0.0.1")) // whatever is a name leads home
	for _, host := range []string{
		"127.0.0.1", "127.1", "127.0.1", "0x7f.0.0.1", "0x7f000001", "0177.0.0.1", "017700000001", "2130706433",
		"0", "0.0.0.0", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
		"[64:ff9b::7f00:1]", "localhost", "LOCALHOST", "localhost.", "rebind.example", "127.0.0.1.nip.example", "127。0。0。1",
	} {
		if status, _, err := get(t, c, "http://"+host+port+"/"); err == nil {
			t.Errorf("%s answered %d", host, status)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("the server was reached %d times", hits.Load())
	}
}

func TestClient_RefusalHasItsCode(t *testing.T) {
	_, _, err := get(t, client(t, Options{}, names("10.1.2.3")), "http://intranet.example/")
	if errs.CodeOf(err) != "address_not_allowed" || !errs.Is(err, errs.Denied) {
		t.Errorf("%v", err)
	}
	for _, target := range []string{"ftp://example.org/", "file:///etc/passwd", "gopher://x/", "http://user:pw@example.org/", "http:///x"} {
		if _, _, err := get(t, client(t, Options{}, nil), target); err == nil {
			t.Errorf("%s was fetched", target)
		}
	}
}

// A name that was public when somebody looked, and is ours when we connect: the check is at the
// connect, so only that answer counts.
func TestClient_RebindingIsSeenAtTheDial(t *testing.T) {
	var hits atomic.Int64
	srv := serve(t, func(http.ResponseWriter, *http.Request) { hits.Add(1) })
	port := srv.URL[strings.LastIndexByte(srv.URL, ':'):]
	r := names("8.8.8.8", "127.0.0.1")
	seen, err := r.LookupIP(context.Background(), "ip4", "shop.example")
	if err != nil || !seen[0].Equal(net.ParseIP("8.8.8.8")) {
		t.Fatalf("the look beforehand: %v %v", seen, err)
	}
	if _, _, err := get(t, client(t, Options{}, r), "http://shop.example"+port); errs.CodeOf(err) != "address_not_allowed" {
		t.Errorf("%v", err)
	}
	if hits.Load() != 0 {
		t.Error("the server was reached")
	}
}

func TestClient_Redirects(t *testing.T) {
	var inside atomic.Int64
	var srv *httptest.Server
	srv = serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/end":
			_, _ = io.WriteString(w, "end "+r.UserAgent())
		case "/metadata":
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/loop":
			inside.Add(1)
			http.Redirect(w, r, "/loop", http.StatusFound)
		default:
			http.Redirect(w, r, srv.URL+"/end", http.StatusFound)
		}
	})
	none := client(t, Options{AllowLoopback: true}, nil)
	if status, _, err := get(t, none, srv.URL+"/start"); status != http.StatusFound || err != nil {
		t.Errorf("forbidden redirects: %d %v", status, err)
	}
	some := client(t, Options{AllowLoopback: true, MaxRedirects: 3, UserAgent: "Test"}, nil)
	if status, body, err := get(t, some, srv.URL+"/start"); status != 200 || body != "end Test" || err != nil {
		t.Errorf("one redirect: %d %q %v", status, body, err)
	}
	for path, code := range map[string]string{"/metadata": "address_not_allowed", "/file": "url_not_allowed", "/loop": ""} {
		if _, _, err := get(t, some, srv.URL+path); err == nil || errs.CodeOf(err) != code {
			t.Errorf("%s: %v", path, err)
		}
	}
	if inside.Load() != 4 {
		t.Errorf("the loop was followed %d times", inside.Load()-1)
	}
}

func TestClient_BoundsTheAnswer(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 1<<20))
	_ = z.Close()
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/exact":
			_, _ = w.Write(make([]byte, 1000))
		case "/declared":
			_, _ = w.Write(make([]byte, 1001))
		case "/chunked":
			_, _ = w.Write(make([]byte, 600))
			w.(http.Flusher).Flush()
			_, _ = w.Write(make([]byte, 600))
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes()[:min(bomb.Len(), 900)])
		case "/header":
			w.Header().Set("X-Big", strings.Repeat("x", maxHeader+1))
		case "/slow":
			select {
			case <-r.Context().Done():
			case <-time.After(5 * time.Second):
			}
		}
	})
	c := client(t, Options{AllowLoopback: true, MaxBody: 1000, Timeout: 300 * time.Millisecond}, nil)
	if _, body, err := get(t, c, srv.URL+"/exact"); err != nil || len(body) != 1000 {
		t.Errorf("an answer of the allowed size: %d bytes, %v", len(body), err)
	}
	for _, path := range []string{"/declared", "/chunked", "/bomb"} {
		if _, body, err := get(t, c, srv.URL+path); !errors.Is(err, ErrTooLarge) || len(body) > 1000 {
			t.Errorf("%s: %d bytes, %v", path, len(body), err)
		}
	}
	if _, _, err := get(t, c, srv.URL+"/header"); err == nil {
		t.Error("a huge header was taken")
	}
	var late *url.Error
	if _, _, err := get(t, c, srv.URL+"/slow"); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("slow: %v", err)
	}
}

func TestClient_IgnoresProxyVariables(t *testing.T) {
	var proxied atomic.Int64
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { proxied.Add(1) })
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	_, _, err := get(t, client(t, Options{AllowLoopback: true}, names("10.0.0.1")), "http://intranet.example/")
	if err == nil || proxied.Load() != 0 {
		t.Errorf("went through the proxy: %v", err)
	}
}
