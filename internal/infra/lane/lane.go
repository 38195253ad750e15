package lane

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/clock"
)

const (
	// defaultQueue is two full batches: a caller at its end waits for about 0.1 s.
	defaultQueue = 4_000
	// maxBatch keeps the slowest answer below 100 ms at 60 k commands a second.
	maxBatch = 2_000
	// handful is how many callers are woken together: they keep two processors busy for 0.05 ms.
	handful = 16
	// retryAfterMS is the time in which a full queue drains.
	retryAfterMS = 200
)

// Result is what one command of a batch came to.
type Result[R any] struct {
	Value R
	Err   error
}

// Options of a Lane; zero values take the defaults (queue 4,000, batch 2,000, which is also the cap).
type Options struct {
	Name     string
	Queue    int
	MaxBatch int
	// Meter hears of the work; nil measures nothing. Clock times it and is needed with a Meter.
	Meter Meter
	Clock clock.Clock
}

// Meter counts a lane's work. Its calls must not wait.
type Meter interface {
	// Batch hears of commands that were executed together, commit included.
	Batch(commands int, took time.Duration)
	// Busy hears of a refused command.
	Busy()
}

// Lane groups commands C into batches answered with R. Safe for concurrent use.
type Lane[C, R any] struct {
	name  string
	max   int
	meter Meter
	clock clock.Clock
	exec  func(ctx context.Context, batch []C) ([]Result[R], error)
	queue chan call[C, R]

	mu      sync.RWMutex // held for reading while entering the queue, for writing to close it
	closed  bool
	started bool
	stop    chan struct{}
	done    chan struct{}

	answering sync.WaitGroup
}

type call[C, R any] struct {
	ctx   context.Context
	cmd   C
	reply chan Result[R] // of one place, so that an absent caller never blocks the lane
}

// New makes a lane around exec, which runs one batch in one transaction and returns one Result per
// command, in their order, after the commit. Run works it off.
func New[C, R any](o Options, exec func(ctx context.Context, batch []C) ([]Result[R], error)) *Lane[C, R] {
	if o.Queue <= 0 {
		o.Queue = defaultQueue
	}
	if o.MaxBatch <= 0 || o.MaxBatch > maxBatch {
		o.MaxBatch = maxBatch
	}
	return &Lane[C, R]{
		name: o.Name, max: o.MaxBatch, exec: exec, meter: o.Meter, clock: o.Clock,
		queue: make(chan call[C, R], o.Queue),
		stop:  make(chan struct{}), done: make(chan struct{}),
	}
}

// Submit queues a command and waits for its answer. Errors: errs.Busy "lane_busy" when the queue is
// full or the lane is closing (nothing was executed), ctx's error when the caller gave up (the
// command may still be executed), else what exec said.
func (l *Lane[C, R]) Submit(ctx context.Context, c C) (R, error) {
	var zero R
	if err := ctx.Err(); err != nil {
		return zero, err
	}
	one := call[C, R]{ctx: ctx, cmd: c, reply: make(chan Result[R], 1)}
	if !l.enter(one) {
		if l.meter != nil {
			l.meter.Busy()
		}
		return zero, errs.New(errs.Busy, "lane_busy", "%s is busy, try again in a moment", l.name).After(retryAfterMS)
	}
	select {
	case r := <-one.reply:
		return r.Value, r.Err
	case <-ctx.Done():
		return zero, ctx.Err()
	}
}

func (l *Lane[C, R]) enter(c call[C, R]) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return false
	}
	select {
	case l.queue <- c:
		return true
	default:
		return false
	}
}

// Run works the queue off until Close or the end of ctx, then finishes what is queued. It runs
// once. exec gets a ctx that outlives this one, so that a shutdown does not abandon queued callers.
func (l *Lane[C, R]) Run(ctx context.Context) error {
	l.mu.Lock()
	if l.started {
		l.mu.Unlock()
		return fmt.Errorf("lane %s: Run was called twice, or after Close", l.name)
	}
	l.started = true
	l.mu.Unlock()
	defer close(l.done)
	defer l.answering.Wait()
	work := context.WithoutCancel(ctx)
	for {
		select {
		case c := <-l.queue:
			l.batch(work, c)
		case <-ctx.Done():
			l.drain(work)
			return nil
		case <-l.stop:
			l.drain(work)
			return nil
		}
	}
}

// Working reports whether commands are executed: Run has begun and nobody closes.
func (l *Lane[C, R]) Working() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.started && !l.closed
}

// Len is how many commands wait for the next batch.
func (l *Lane[C, R]) Len() int { return len(l.queue) }

// Close refuses new commands, and returns when Run has finished the queued ones. Without Run the
// queued ones are answered errs.Busy.
func (l *Lane[C, R]) Close() {
	l.mu.Lock()
	started := l.started
	l.closed, l.started = true, true // Run can no longer start
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.mu.Unlock()
	if started {
		<-l.done
		return
	}
	close(l.done)
	for {
		select {
		case c := <-l.queue:
			c.reply <- Result[R]{Err: errs.New(errs.Busy, "lane_busy", "%s is closing", l.name).After(retryAfterMS)}
		default:
			return
		}
	}
}

func (l *Lane[C, R]) drain(ctx context.Context) {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock() // from here on nobody enters the queue
	for {
		select {
		case c := <-l.queue:
			l.batch(ctx, c)
		default:
			return
		}
	}
}

// batch takes what is queued by now, executes it and answers.
func (l *Lane[C, R]) batch(ctx context.Context, first call[C, R]) {
	calls := l.gather(first)
	if len(calls) == 0 {
		return
	}
	cmds := make([]C, len(calls))
	for i, c := range calls {
		cmds[i] = c.cmd
	}
	results, err := l.run(ctx, cmds)
	if err == nil {
		l.answer(calls, results)
		return
	}
	// A database that is away is not asked again for each member: everyone would wait for everyone's timeout.
	if len(calls) == 1 || errs.Is(err, errs.Busy) {
		for _, c := range calls {
			c.reply <- Result[R]{Err: err}
		}
		return
	}
	for i, c := range calls {
		results, err := l.run(ctx, cmds[i:i+1:i+1])
		if err != nil {
			c.reply <- Result[R]{Err: err}
			continue
		}
		c.reply <- results[0]
	}
}

// answer wakes the callers of a large batch beside the next one, a handful at a time. Woken all at once they
// would stand in front of this lane's goroutine whenever it comes back from the disk.
func (l *Lane[C, R]) answer(calls []call[C, R], results []Result[R]) {
	if len(calls) <= handful {
		for i, c := range calls {
			c.reply <- results[i]
		}
		return
	}
	l.answering.Go(func() {
		for i, c := range calls {
			c.reply <- results[i]
			if i%handful == handful-1 {
				runtime.Gosched()
			}
		}
	})
}

// gather leaves out callers that gave up while they were still queued: their command has not been
// executed, and nobody would hear the answer.
func (l *Lane[C, R]) gather(first call[C, R]) []call[C, R] {
	calls := make([]call[C, R], 0, min(l.max, len(l.queue)+1))
	for next, ok := first, true; ok; {
		if next.ctx.Err() == nil {
			calls = append(calls, next)
		}
		if len(calls) == l.max {
			break
		}
		select {
		case next = <-l.queue:
		default:
			ok = false
		}
	}
	return calls
}

var errResults = errors.New("exec returned the wrong number of results")

// run turns a panic and a wrong answer into an error: the lane serves others too.
func (l *Lane[C, R]) run(ctx context.Context, cmds []C) (results []Result[R], err error) {
	defer func() {
		if p := recover(); p != nil {
			results, err = nil, fmt.Errorf("lane %s: panic: %v", l.name, p)
		}
	}()
	if l.meter != nil {
		began := l.clock.Now()
		defer func() { l.meter.Batch(len(cmds), l.clock.Now().Sub(began)) }()
	}
	results, err = l.exec(ctx, cmds)
	if err == nil && len(results) != len(cmds) {
		err = fmt.Errorf("lane %s: %d for %d commands: %w", l.name, len(results), len(cmds), errResults)
	}
	return results, err
}
