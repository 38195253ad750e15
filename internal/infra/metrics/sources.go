package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hawker-live/hawker/internal/infra/clock"
)

const (
	// freshFor is how long an answer that cost a query is shown again.
	freshFor = 5 * time.Second
	// askFor bounds one question; a scraper waits ten seconds by default.
	askFor = 3 * time.Second
)

// Sources are asked at a scrape. All are set.
type Sources struct {
	Clock clock.Clock
	// Lanes is how many commands wait, by lane.
	Lanes func() map[string]int
	// Pool is the database's connections.
	Pool func() Pool
	// Outbox counts facts not delivered yet, and given up on; it may query.
	Outbox func(ctx context.Context) (pending, parked int64, err error)
	// Jobs counts by state; it may query.
	Jobs func(ctx context.Context) (Jobs, error)
	// RefundsStuck counts refunds that wait for an operator; it may query.
	RefundsStuck func(ctx context.Context) (int64, error)
	// Media is what comes in.
	Media func() Media
	// Live is the rooms of this node.
	Live func() Live
	// Logins are password hashes being computed and waiting.
	Logins func() (running, waiting int)
	// LedgerFaults are transfers refused since the start because they would have broken double entry.
	LedgerFaults func() int64
	// Ready says nil when the node takes work; it may query.
	Ready func(ctx context.Context) error
}

// Pool of database connections.
type Pool struct {
	InUse, Idle int
	Waits       int64
	Waited      time.Duration
}

// Jobs by state: Due could be worked on now, Waiting have a later time, Retrying failed before and are among the
// two, Dead used up their attempts and wait for a person.
type Jobs struct{ Due, Waiting, Retrying, Dead int64 }

// Media coming in.
type Media struct {
	Sessions   int
	Publishers map[string]int // by protocol: rtmp, whip, sample
	Received   uint64         // payload bytes since the start
}

// Live rooms of this node.
type Live struct {
	Rooms   int
	Viewers int64
	Ticks   uint64 // sealed since the start
	Players int64  // connections the media loop serves
}

type sampler struct {
	Sources
	mu       sync.Mutex
	at       time.Time
	known    bool
	asked    answers
	failures prometheus.Counter
}

// answers are those that cost a query; a nil one failed.
type answers struct {
	outbox *[2]int64
	jobs   *Jobs
	stuck  *int64
	ready  bool
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	laneQueue   = desc("hawker_lane_queue", "Commands waiting for the next batch.", "lane")
	dbConns     = desc("hawker_db_connections", "Connections of the database pool by state; SQLite counts its readers.", "state")
	dbWaits     = desc("hawker_db_waits_total", "Times somebody waited for a database connection.")
	dbWaited    = desc("hawker_db_wait_seconds_total", "Time spent waiting for a database connection.")
	busPending  = desc("hawker_bus_pending", "Facts that some consumer has not passed yet.")
	busParked   = desc("hawker_bus_parked", "Facts a consumer gave up on; a person looks at them.")
	jobJobs     = desc("hawker_job_jobs", "Jobs by state: due, waiting for their time, retrying (among the two), dead.", "state")
	mediaLive   = desc("hawker_media_sessions", "Live sessions being packaged.")
	mediaPubs   = desc("hawker_media_publishers", "Publishers sending now, by protocol.", "protocol")
	mediaBytes  = desc("hawker_media_received_bytes_total", "Payload bytes received from publishers.")
	liveRooms   = desc("hawker_live_rooms", "Rooms on air on this node.")
	liveViewers = desc("hawker_live_viewers", "Viewers in rooms of this node.")
	livePlayers = desc("hawker_live_players", "Connections of players that the media loop serves; those of TLS in this process are not among them.")
	liveTicks   = desc("hawker_live_ticks_total", "Ticks sealed.")
	loginsRun   = desc("hawker_identity_logins_running", "Passwords being hashed.")
	loginsWait  = desc("hawker_identity_logins_waiting", "Sign-ins waiting for a hashing slot.")
	ledgerFault = desc("hawker_money_ledger_faults_total", "Transfers refused because they would have broken double entry; anything but 0 needs a person.")
	refundStuck = desc("hawker_money_refunds_stuck", "Refunds the provider refused to the last try; a person looks at them.")
	serverReady = desc("hawker_server_ready", "1 when the node takes work, as /readyz says.")
)

// Watch adds the metrics that are asked for.
func (r *Registry) Watch(s Sources) {
	failures := prometheus.NewCounter(prometheus.CounterOpts{Name: "hawker_metrics_failures_total", Help: "Questions to the database for these metrics that failed."})
	r.reg.MustRegister(failures, &sampler{Sources: s, failures: failures})
}

// Describe implements prometheus.Collector.
func (s *sampler) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{laneQueue, dbConns, dbWaits, dbWaited, busPending, busParked, jobJobs, mediaLive, mediaPubs, mediaBytes,
		liveRooms, liveViewers, livePlayers, liveTicks, loginsRun, loginsWait, ledgerFault, refundStuck, serverReady} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (s *sampler) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v)
	}
	for lane, n := range s.Lanes() {
		gauge(laneQueue, float64(n), lane)
	}
	p := s.Pool()
	gauge(dbConns, float64(p.InUse), "in_use")
	gauge(dbConns, float64(p.Idle), "idle")
	count(dbWaits, float64(p.Waits))
	count(dbWaited, p.Waited.Seconds())
	m := s.Media()
	gauge(mediaLive, float64(m.Sessions))
	for protocol, n := range m.Publishers {
		gauge(mediaPubs, float64(n), protocol)
	}
	count(mediaBytes, float64(m.Received))
	l := s.Live()
	gauge(liveRooms, float64(l.Rooms))
	gauge(liveViewers, float64(l.Viewers))
	gauge(livePlayers, float64(l.Players))
	count(liveTicks, float64(l.Ticks))
	running, waiting := s.Logins()
	gauge(loginsRun, float64(running))
	gauge(loginsWait, float64(waiting))
	count(ledgerFault, float64(s.LedgerFaults()))
	a := s.ask()
	if a.outbox != nil {
		gauge(busPending, float64(a.outbox[0]))
		gauge(busParked, float64(a.outbox[1]))
	}
	if a.jobs != nil {
		gauge(jobJobs, float64(a.jobs.Due), "due")
		gauge(jobJobs, float64(a.jobs.Waiting), "waiting")
		gauge(jobJobs, float64(a.jobs.Retrying), "retrying")
		gauge(jobJobs, float64(a.jobs.Dead), "dead")
	}
	if a.stuck != nil {
		gauge(refundStuck, float64(*a.stuck))
	}
	ready := 0.0
	if a.ready {
		ready = 1
	}
	gauge(serverReady, ready)
}

// ask puts the questions that query, unless their answers are fresh. Scrapers at once share one answer.
func (s *sampler) ask() answers {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known && s.Clock.Now().Sub(s.at) < freshFor {
		return s.asked
	}
	ctx, cancel := context.WithTimeout(context.Background(), askFor)
	defer cancel()
	s.asked = answers{}
	if pending, parked, err := s.Outbox(ctx); err == nil {
		s.asked.outbox = &[2]int64{pending, parked}
	} else {
		s.failures.Inc()
	}
	if jobs, err := s.Jobs(ctx); err == nil {
		s.asked.jobs = &jobs
	} else {
		s.failures.Inc()
	}
	if stuck, err := s.RefundsStuck(ctx); err == nil {
		s.asked.stuck = &stuck
	} else {
		s.failures.Inc()
	}
	s.asked.ready = s.Ready(ctx) == nil
	s.at, s.known = s.Clock.Now(), true
	return s.asked
}
