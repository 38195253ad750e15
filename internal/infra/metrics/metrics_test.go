package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/infra/clock"
	"github.com/hawker-live/hawker/internal/infra/lane"
)

var _ lane.Meter = (*Lane)(nil)

func watched(c clock.Clock, asked *atomic.Int64, fail *atomic.Bool) *Registry {
	r := New("1.2.3")
	failing := func() error {
		if fail != nil && fail.Load() {
			return errors.New("the database is away")
		}
		return nil
	}
	r.Watch(Sources{
		Clock: c,
		Lanes: func() map[string]int { return map[string]int{"orders": 7} },
		Pool:  func() Pool { return Pool{InUse: 1, Idle: 2, Waits: 3, Waited: 4 * time.Second} },
		Outbox: func(context.Context) (int64, int64, error) {
			if asked != nil {
				asked.Add(1)
			}
			return 5, 6, failing()
		},
		Jobs:         func(context.Context) (Jobs, error) { return Jobs{1, 2, 3, 4}, failing() },
		Media:        func() Media { return Media{Sessions: 2, Publishers: map[string]int{"rtmp": 1}, Received: 99} },
		Live:         func() Live { return Live{Rooms: 1, Viewers: 42, Ticks: 100, Players: 7} },
		Logins:       func() (int, int) { return 2, 3 },
		LedgerFaults: func() int64 { return 4 },
		RefundsStuck: func(context.Context) (int64, error) { return 8, failing() },
		Ready:        func(context.Context) error { return failing() },
	})
	l := r.Lane("orders")
	l.Batch(40, 3*time.Millisecond)
	l.Busy()
	r.Begin()
	r.Served("GET", "/api/v1/shop/orders/{id}", 200, 512, time.Millisecond)
	return r
}

func scrape(t *testing.T, r *Registry) string {
	t.Helper()
	w := httptest.NewRecorder()
	r.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestScrape_ShowsWhatWasCounted(t *testing.T) {
	text := scrape(t, watched(clock.Real{}, nil, nil))
	for _, line := range []string{
		`hawker_build_info{version="1.2.3"} 1`, `hawker_lane_queue{lane="orders"} 7`, `hawker_lane_batch_commands_sum{lane="orders"} 40`, `hawker_lane_busy_total{lane="orders"} 1`,
		`hawker_http_requests_total{method="GET",route="/api/v1/shop/orders/{id}",status="200"} 1`, `hawker_http_sent_bytes_total{route="/api/v1/shop/orders/{id}"} 512`,
		`hawker_http_in_flight 0`, `hawker_bus_pending 5`, `hawker_bus_parked 6`, `hawker_job_jobs{state="dead"} 4`, `hawker_db_wait_seconds_total 4`,
		`hawker_media_publishers{protocol="rtmp"} 1`, `hawker_media_received_bytes_total 99`, `hawker_live_viewers 42`, `hawker_live_players 7`, `hawker_live_ticks_total 100`,
		`hawker_identity_logins_waiting 3`, `hawker_money_ledger_faults_total 4`, `hawker_money_refunds_stuck 8`, `hawker_server_ready 1`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
}

func TestScrape_AsksTheDatabaseSeldomAndSurvivesItsLoss(t *testing.T) {
	c := clock.NewFake(time.Unix(1, 0))
	var asked atomic.Int64
	var fail atomic.Bool
	r := watched(c, &asked, &fail)
	for range 20 {
		scrape(t, r)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("twenty scrapes asked %d times", n)
	}
	fail.Store(true)
	c.Advance(freshFor)
	text := scrape(t, r)
	if strings.Contains(text, "hawker_bus_pending ") || !strings.Contains(text, "hawker_live_viewers 42") {
		t.Error("a lost database shows an old number, or hides what memory knows")
	}
	if text = scrape(t, r); !strings.Contains(text, "hawker_metrics_failures_total 3") || !strings.Contains(text, "hawker_server_ready 0") {
		t.Error("the failures were not counted")
	}
}

func TestServed_BoundsWhatAClientCanMakeUp(t *testing.T) {
	r := New("test")
	for _, method := range []string{"GET", "BREW", "PROPFIND", "X1", "X2"} {
		r.Begin()
		r.Served(method, "none", 404, 1, time.Millisecond)
	}
	for _, status := range []int{0, 99, 600, 1 << 20} {
		r.Begin()
		r.Served("GET", "none", status, 1, time.Millisecond)
	}
	text := scrape(t, r)
	if n := strings.Count(text, "\nhawker_http_requests_total{"); n != 3 {
		t.Errorf("%d series, want GET 404, other 404 and GET other", n)
	}
}

var metricName = regexp.MustCompile(`\b(?:hawker|go|process|promhttp)_[a-z0-9_]+`)

// registered are the names a scrape can show, histograms by their base name.
func registered(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+) `).FindAllStringSubmatch(scrape(t, watched(clock.Real{}, nil, nil)), -1) {
		out[m[1]] = true
	}
	return out
}

func named(t *testing.T, file string, expressions func(text []byte) []string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "deploy", file))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, e := range expressions(text) {
		for _, name := range metricName.FindAllString(e, -1) {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				name = strings.TrimSuffix(name, suffix)
			}
			out[name] = true
		}
	}
	return out
}

func boardExpressions(text []byte) (out []string) {
	var board struct {
		Panels []struct {
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		return []string{err.Error()}
	}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			out = append(out, target.Expr)
		}
	}
	return out
}

func alertExpressions(text []byte) (out []string) {
	for _, m := range regexp.MustCompile(`(?m)^\s+expr: (.*)$`).FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	return out
}

func TestBoard_NamesWhatExistsAndShowsEverything(t *testing.T) {
	exist := registered(t)
	board := named(t, "grafana/hawker.json", boardExpressions)
	alerts := named(t, "prometheus/alerts.yml", alertExpressions)
	if len(board) < 20 || len(alerts) < 5 {
		t.Fatalf("the board names %d metrics, the alerts %d: they were not read", len(board), len(alerts))
	}
	for name := range board {
		if !exist[name] {
			t.Errorf("the board shows %s, which does not exist", name)
		}
	}
	for name := range alerts {
		if !exist[name] {
			t.Errorf("an alert watches %s, which does not exist", name)
		}
	}
	// The Go and process collectors show dozens; the board shows the handful that answers a question.
	foreign := []string{"go_", "process_"}
	for name := range exist {
		ours := !slices.ContainsFunc(foreign, func(p string) bool { return strings.HasPrefix(name, p) })
		if ours && !board[name] {
			t.Errorf("%s is on no panel", name)
		}
	}
}
