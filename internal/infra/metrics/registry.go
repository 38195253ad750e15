package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Registry is every metric of one process.
type Registry struct {
	reg      *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	sent     *prometheus.CounterVec
	flying   prometheus.Gauge
	batches  *prometheus.HistogramVec
	commits  *prometheus.HistogramVec
	busy     *prometheus.CounterVec
}

var (
	// secondsBuckets reach from an answer out of memory to a long poll's patience.
	secondsBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	// batchBuckets end at the lane's own cap.
	batchBuckets = []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000}
)

// New makes the metrics of a process; version is the program's. Call Watch once the things to ask exist.
func New(version string) *Registry {
	r := &Registry{
		reg: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hawker_http_requests_total",
			Help: "Answered requests by method, route pattern and status."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "hawker_http_request_seconds", Buckets: secondsBuckets,
			Help: "Time to answer by route pattern; connections that became sockets are left out."}, []string{"route"}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hawker_http_sent_bytes_total",
			Help: "Body bytes sent by route pattern, before TLS."}, []string{"route"}),
		flying: prometheus.NewGauge(prometheus.GaugeOpts{Name: "hawker_http_in_flight", Help: "Requests being answered, long polls, streams and sockets among them."}),
		batches: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "hawker_lane_batch_commands", Buckets: batchBuckets,
			Help: "Commands that shared one commit."}, []string{"lane"}),
		commits: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "hawker_lane_commit_seconds", Buckets: secondsBuckets,
			Help: "Time of one batch, its commit included."}, []string{"lane"}),
		busy: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hawker_lane_busy_total",
			Help: "Commands refused because the queue was full or closing."}, []string{"lane"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "hawker_build_info", Help: "Always 1; the label says which version runs.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	r.reg.MustRegister(r.requests, r.seconds, r.sent, r.flying, r.batches, r.commits, r.busy, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// Handler serves the metrics in Prometheus' text format. It has no sign-in: give it an address of its own.
func (r *Registry) Handler() http.Handler {
	const atOnce = 4 // scrapers; more of them wait for nobody and are told 503
	return promhttp.HandlerFor(r.reg, promhttp.HandlerOpts{MaxRequestsInFlight: atOnce, ErrorHandling: promhttp.ContinueOnError})
}

// Begin notes that a request came in.
func (r *Registry) Begin() { r.flying.Inc() }

// Served notes an answered request. route is a pattern of the mux, never a path; bytes are of the body.
func (r *Registry) Served(method, route string, status int, bytes int64, took time.Duration) {
	r.flying.Dec()
	r.requests.WithLabelValues(knownMethod(method), route, statusText(status)).Inc()
	r.sent.WithLabelValues(route).Add(float64(bytes))
	if status != http.StatusSwitchingProtocols {
		r.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

// knownMethod bounds the label: a client may send any word as a method.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

const (
	firstStatus = 100
	lastStatus  = 599
)

var statusTexts = func() (out [lastStatus + 1]string) {
	for s := firstStatus; s <= lastStatus; s++ {
		out[s] = string([]byte{'0' + byte(s/100), '0' + byte(s/10%10), '0' + byte(s%10)})
	}
	return out
}()

func statusText(s int) string {
	if s < firstStatus || s > lastStatus {
		return "other"
	}
	return statusTexts[s]
}

// Lane is the meter of one lane.
func (r *Registry) Lane(name string) *Lane {
	return &Lane{batches: r.batches.WithLabelValues(name), commits: r.commits.WithLabelValues(name), busy: r.busy.WithLabelValues(name)}
}

// Lane implements lane.Meter.
type Lane struct {
	batches, commits prometheus.Observer
	busy             prometheus.Counter
}

// Batch notes a batch that was executed.
func (l *Lane) Batch(commands int, took time.Duration) {
	l.batches.Observe(float64(commands))
	l.commits.Observe(took.Seconds())
}

// Busy notes a refused command.
func (l *Lane) Busy() { l.busy.Inc() }
