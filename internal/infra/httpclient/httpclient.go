package httpclient

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
)

const (
	// defaultTimeout is for a whole exchange: providers that need longer answer by notify.
	defaultTimeout = 15 * time.Second
	dialTimeout    = 5 * time.Second
	// defaultMaxBody fits any JSON answer; pictures and files ask for more.
	defaultMaxBody = 8 << 20
	maxHeader      = 64 << 10
	// mostRedirects bounds what Options may ask for.
	mostRedirects = 5
	// idlePerHost and idleTime keep connections to the few providers warm.
	idlePerHost = 8
	idleTime    = 90 * time.Second
)

// Options of a client. The zero value: 15 s, 8 MiB, no redirects, public addresses only.
type Options struct {
	Timeout       time.Duration // of the whole exchange, the body included
	MaxBody       int64         // bytes of an answer's body, after decompression
	MaxRedirects  int           // 0 answers with the redirect itself; at most 5
	AllowLoopback bool
	UserAgent     string // "" means Hawker
}

// Errors: errs.Denied "address_not_allowed", errs.Denied "url_not_allowed" and ErrTooLarge arrive
// wrapped in *url.Error or from the body's Read.
var (
	ErrTooLarge   = errors.New("the answer is larger than allowed")
	errNotAllowed = errs.ForProgram(errs.Denied, "address_not_allowed", "this address is not a public one")
	errURL        = errs.ForProgram(errs.Denied, "url_not_allowed", "only http and https without a user name are fetched")
)

// New makes a client. CloseIdleConnections ends its goroutines.
func New(o Options) *http.Client { return build(o, nil) }

func build(o Options, resolver *net.Resolver) *http.Client {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBody <= 0 {
		o.MaxBody = defaultMaxBody
	}
	if o.UserAgent == "" {
		o.UserAgent = "Hawker"
	}
	o.MaxRedirects = min(o.MaxRedirects, mostRedirects)
	dialer := &net.Dialer{
		Timeout: dialTimeout, Resolver: resolver,
		Control: func(network, address string, _ syscall.RawConn) error {
			return checkAddress(network, address, o.AllowLoopback)
		},
	}
	inner := &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  o.Timeout,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConnsPerHost:    idlePerHost,
		IdleConnTimeout:        idleTime,
	}
	return &http.Client{
		Timeout:   o.Timeout,
		Transport: &guard{inner: inner, options: o},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if o.MaxRedirects <= 0 {
				return http.ErrUseLastResponse
			}
			if len(via) > o.MaxRedirects {
				return fmt.Errorf("more than %d redirects", o.MaxRedirects)
			}
			return nil
		},
	}
}

// guard checks each hop's URL and bounds each answer; the address is checked at the dial.
type guard struct {
	inner   *http.Transport
	options Options
}

func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if (r.URL.Scheme != "http" && r.URL.Scheme != "https") || r.URL.User != nil || r.URL.Hostname() == "" {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, errURL
	}
	if r.Header.Get("User-Agent") == "" {
		r = r.Clone(r.Context()) // a RoundTripper may not change its request
		r.Header.Set("User-Agent", g.options.UserAgent)
	}
	answer, err := g.inner.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if answer.ContentLength > g.options.MaxBody {
		_ = answer.Body.Close()
		return nil, ErrTooLarge
	}
	answer.Body = &bounded{ReadCloser: answer.Body, left: g.options.MaxBody}
	return answer, nil
}

// CloseIdleConnections is what http.Client.CloseIdleConnections looks for.
func (g *guard) CloseIdleConnections() { g.inner.CloseIdleConnections() }

// bounded fails, instead of ending, where io.LimitReader would cut: a cut answer looks whole.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) > b.left {
		return int(b.left), ErrTooLarge
	}
	b.left -= int64(n)
	return n, err
}
