package faults

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/app"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// program builds the real binary once for the tests that break the whole product.
var program = sync.OnceValues(func() (string, error) {
	if built := os.Getenv(programAt); built != "" {
		return built, nil
	}
	dir, err := os.MkdirTemp("", "hawker-program-")
	if err != nil {
		return "", err
	}
	programDir.Store(dir)
	bin := filepath.Join(dir, "hawker")
	cmd := exec.Command("go", "build", "-o", bin, "../../cmd/hawker")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is delivered
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build hawker: %w\n%s", err, out)
	}
	return bin, nil
})

var programDir atomic.Value

func removeProgram() {
	if dir, ok := programDir.Load().(string); ok {
		_ = os.RemoveAll(dir)
	}
}

// site is a data folder that survives its processes, with a seller, a product and signed-in buyers.
type site struct {
	t        *testing.T
	data     string
	database string
	sku      string
	tokens   []string
	address  []string
	args     []string

	cmd   *exec.Cmd
	url   string
	log   *bytes.Buffer
	ended chan struct{}
}

// newSite furnishes a folder; extra flags go to every start.
func newSite(t *testing.T, data, database string, buyers int, args ...string) *site {
	t.Helper()
	if _, err := program(); err != nil { // now, so that no start is measured with it
		t.Fatal(err)
	}
	if database == "" {
		database = "sqlite:" + filepath.Join(data, "hawker.db")
	}
	s := &site{t: t, data: data, database: database, args: args}
	d, err := db.Open(t.Context(), database, db.Options{})
	if err == nil {
		err = errors.Join(app.Migrate(t.Context(), d), d.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	g := &ground{url: database}
	g.with(t, func(ctx context.Context, f *floor) error {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		go func() { _ = f.shop.Run(ctx) }()
		if s.sku, err = f.stockUp(ctx); err != nil {
			return err
		}
		for n := range buyers {
			u, token, err := f.ident.SignUp(ctx, identity.SignUp{Login: fmt.Sprintf("buyer%d", n), Name: "B", Password: "correct horse"}, identity.Browser{Agent: "faults"})
			if err != nil {
				return err
			}
			at, err := f.shop.AddAddress(ctx, identity.Actor{UserID: u.ID, Name: "B"}, addressOf())
			if err != nil {
				return err
			}
			s.tokens, s.address = append(s.tokens, token), append(s.address, at.ID)
		}
		return nil
	})
	t.Cleanup(s.kill)
	return s
}

// start runs `hawker serve` and waits until it says that it is open.
func (s *site) start() {
	s.t.Helper()
	bin, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	args := append([]string{"serve", "--data", s.data, "--database-url", s.database, "--addr", "127.0.0.1:0", "--rtmp-addr", "127.0.0.1:0", "--webrtc-addr", "", "--sandbox-pay", "--log-level", "warn"}, s.args...)
	s.cmd, s.log, s.ended = exec.Command(bin, args...), &bytes.Buffer{}, make(chan struct{})
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	open := make(chan string, 1)
	go func(ended chan struct{}) {
		defer close(ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if _, url, ok := strings.Cut(lines.Text(), "Hawker is open: "); ok {
				open <- url
			}
		}
	}(s.ended)
	select {
	case url := <-open:
		s.url = strings.Replace(url, "localhost", "127.0.0.1", 1)
	case <-s.ended:
		s.t.Fatalf("hawker ended: %v\n%s", s.cmd.Wait(), s.log)
	case <-time.After(60 * time.Second):
		s.t.Fatal("hawker did not open")
	}
}

func (s *site) kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.ended
	_ = s.cmd.Wait()
	s.cmd = nil
}

// dump ends the process in a way that makes it say what each goroutine is doing, for a test that waits in vain.
func (s *site) dump() string {
	if s.alive() {
		_ = s.cmd.Process.Signal(syscall.SIGQUIT)
		select {
		case <-s.ended:
		case <-time.After(20 * time.Second):
		}
	}
	s.kill()
	return s.log.String()
}

// alive reports whether the process still runs.
func (s *site) alive() bool {
	select {
	case <-s.ended:
		return false
	default:
		return true
	}
}

// audit runs `hawker audit` on the data, as an operator would.
func (s *site) audit() {
	s.t.Helper()
	bin, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := exec.Command(bin, "audit", "--data", s.data, "--database-url", s.database).CombinedOutput()
	if err != nil {
		s.t.Errorf("audit: %v\n%s", err, out)
	}
}

// answer is what came back of one request; status is 0 when nothing did.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) field(name string) string {
	var v map[string]any
	_ = json.Unmarshal(a.body, &v)
	text, _ := v[name].(string)
	return text
}

var patient = &http.Client{Timeout: 40 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxIdleConns: 512}}

// ask sends one request as a buyer; key is its Idempotency-Key.
func (s *site) ask(n int, method, path, key string, body any) answer {
	raw, _ := json.Marshal(body)
	req, err := http.NewRequest(method, s.url+path, bytes.NewReader(raw))
	if err != nil {
		return answer{}
	}
	req.Header.Set("Content-Type", "application/json")
	if n >= 0 {
		req.Header.Set("Authorization", "Bearer "+s.tokens[n])
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return send(req)
}

// send asks and reads the whole answer; without one it is empty.
func send(req *http.Request) answer {
	res, err := patient.Do(req)
	if err != nil {
		return answer{}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return answer{} // the answer broke off: nobody was told anything
	}
	return answer{res.StatusCode, res.Header, b}
}

// shopper is a buyer over HTTP. Its last order is repeated under its key until it is answered.
type shopper struct {
	s    *site
	n    int
	try  int
	open []string
	key  string // of the order under way
	body map[string]any
}

// turn orders once, cancelling before when too much is open. It returns the answer that counts.
func (b *shopper) turn() answer {
	if len(b.open) >= keepOpen {
		a := b.s.ask(b.n, "POST", "/api/v1/shop/orders/"+b.open[0]+"/cancel", "cancel-"+b.open[0], map[string]any{"reason": "no"})
		if a.status == 0 || a.status >= 500 {
			return a
		}
		b.open = b.open[1:] // closed, or on its way to be paid back
	}
	if b.key == "" {
		q := b.s.ask(b.n, "POST", "/api/v1/shop/quotes", "", map[string]any{"lines": []any{map[string]any{"skuId": b.s.sku, "quantity": 1}}})
		if q.status != 200 {
			return q
		}
		b.try++
		b.key = fmt.Sprintf("order-%d-%d-%d", os.Getpid(), b.n, b.try)
		b.body = map[string]any{"quoteId": q.field("id"), "expectedTotalMinor": 100, "addressId": b.s.address[b.n], "provider": "sandbox"}
	}
	a := b.s.ask(b.n, "POST", "/api/v1/shop/orders", b.key, b.body)
	if a.status != 0 && a.status < 500 {
		b.key = ""
	}
	return a
}

// rush lets everybody order until stop; said is called with each answer.
func rush(all []*shopper, stop <-chan struct{}, said func(b *shopper, key string, a answer)) {
	var wg sync.WaitGroup
	for _, b := range all {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				a := b.turn()
				said(b, b.key, a)
				if a.status == 0 || a.status >= 500 {
					time.Sleep(10 * time.Millisecond)
				}
			}
		})
	}
	wg.Wait()
}

func orderOf(a answer) string {
	var v struct {
		Order struct {
			ID string `json:"id"`
		} `json:"order"`
	}
	_ = json.Unmarshal(a.body, &v)
	return v.Order.ID
}
