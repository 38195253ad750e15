package lane_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/lane"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type results = []lane.Result[int]

// double answers each command with twice its value.
func double(batch []int) results {
	out := make(results, len(batch))
	for i, c := range batch {
		out[i].Value = 2 * c
	}
	return out
}

func start[C, R any](t *testing.T, l *lane.Lane[C, R]) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- l.Run(context.Background()) }()
	t.Cleanup(func() {
		l.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestLane_AnswersEachCallerItsOwn(t *testing.T) {
	var batches, seen atomic.Int64
	l := lane.New(lane.Options{Name: "test"}, func(_ context.Context, b []int) (results, error) {
		batches.Add(1)
		seen.Add(int64(len(b)))
		time.Sleep(time.Millisecond) // a commit
		return double(b), nil
	})
	start(t, l)
	var wg sync.WaitGroup
	for i := range 1000 {
		wg.Go(func() {
			if got, err := l.Submit(context.Background(), i); err != nil || got != 2*i {
				t.Errorf("%d: %d %v", i, got, err)
			}
		})
	}
	wg.Wait()
	if seen.Load() != 1000 || batches.Load() > 500 {
		t.Errorf("%d commands in %d batches: nothing was grouped", seen.Load(), batches.Load())
	}
}

func TestLane_WhatQueuedDuringACommitIsTheNextBatch(t *testing.T) {
	entered, release := make(chan int, 8), make(chan struct{})
	l := lane.New(lane.Options{Name: "test", MaxBatch: 3}, func(_ context.Context, b []int) (results, error) {
		entered <- len(b)
		<-release
		return double(b), nil
	})
	start(t, l)
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = l.Submit(context.Background(), 0) })
	if n := <-entered; n != 1 {
		t.Fatalf("first batch: %d", n)
	}
	var order []int
	var mu sync.Mutex
	for i := 1; i <= 4; i++ {
		wg.Go(func() {
			got, _ := l.Submit(context.Background(), i)
			mu.Lock()
			order = append(order, got)
			mu.Unlock()
		})
	}
	time.Sleep(50 * time.Millisecond) // all four are queued
	release <- struct{}{}
	if n := <-entered; n != 3 {
		t.Errorf("second batch: %d, want the cap of 3", n)
	}
	release <- struct{}{}
	if n := <-entered; n != 1 {
		t.Errorf("third batch: %d, want the rest", n)
	}
	release <- struct{}{}
	wg.Wait()
	if len(order) != 4 {
		t.Errorf("answers: %v", order)
	}
}

func TestLane_OneBadCommandFailsAlone(t *testing.T) {
	bad := errors.New("bad row")
	for name, fail := range map[string]func() (results, error){
		"error":   func() (results, error) { return nil, bad },
		"panic":   func() (results, error) { panic("boom") },
		"answers": func() (results, error) { return make(results, 11), nil }, // more than any batch of ten can want
	} {
		t.Run(name, func(t *testing.T) {
			gate := make(chan struct{})
			l := lane.New(lane.Options{Name: "test"}, func(_ context.Context, b []int) (results, error) {
				<-gate
				for _, c := range b {
					if c == 13 {
						return fail()
					}
				}
				return double(b), nil
			})
			start(t, l)
			var wg sync.WaitGroup
			for i := 10; i < 20; i++ {
				wg.Go(func() {
					got, err := l.Submit(context.Background(), i)
					if i == 13 && err == nil {
						t.Error("the bad command succeeded")
					}
					if i != 13 && (err != nil || got != 2*i) {
						t.Errorf("%d: %d %v", i, got, err)
					}
				})
			}
			time.Sleep(20 * time.Millisecond)
			close(gate)
			wg.Wait()
		})
	}
}

func TestLane_RefusesWhenFull(t *testing.T) {
	gate, entered := make(chan struct{}), make(chan struct{}, 4)
	l := lane.New(lane.Options{Name: "stock", Queue: 2}, func(_ context.Context, b []int) (results, error) {
		entered <- struct{}{}
		<-gate
		return double(b), nil
	})
	start(t, l)
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = l.Submit(context.Background(), 0) })
	<-entered
	for i := range 2 {
		wg.Go(func() {
			if _, err := l.Submit(context.Background(), i); err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	_, err := l.Submit(context.Background(), 9)
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind != errs.Busy || e.Code != "lane_busy" || e.RetryAfterMS <= 0 {
		t.Errorf("full queue: %v", err)
	}
	close(gate)
	wg.Wait()
}

func TestLane_AGoneCallerStopsNobody(t *testing.T) {
	gate, entered := make(chan struct{}), make(chan []int, 4)
	l := lane.New(lane.Options{Name: "test"}, func(ctx context.Context, b []int) (results, error) {
		entered <- b
		<-gate
		return double(b), ctx.Err()
	})
	start(t, l)
	ctx, cancel := context.WithCancel(context.Background())
	gone, queued := make(chan error, 1), make(chan error, 1)
	go func() { _, err := l.Submit(ctx, 1); gone <- err }()
	<-entered
	go func() { _, err := l.Submit(ctx, 2); queued <- err }() // gives up while still queued
	stay := make(chan error, 1)
	go func() {
		got, err := l.Submit(context.Background(), 3)
		if got != 6 && err == nil {
			err = fmt.Errorf("got %d", got)
		}
		stay <- err
	}()
	time.Sleep(20 * time.Millisecond)
	cancel()
	for _, c := range []chan error{gone, queued} {
		if err := <-c; !errors.Is(err, context.Canceled) {
			t.Errorf("the caller that gave up heard %v", err)
		}
	}
	close(gate)
	if err := <-stay; err != nil {
		t.Errorf("the caller that stayed heard %v", err)
	}
	if b := <-entered; len(b) != 1 || b[0] != 3 {
		t.Errorf("second batch: %v, the command of a gone caller was still queued", b)
	}
	if _, err := l.Submit(ctx, 4); !errors.Is(err, context.Canceled) {
		t.Errorf("submit with an ended ctx: %v", err)
	}
}

func TestLane_CloseFinishesWhatIsQueued(t *testing.T) {
	for _, how := range []string{"close", "cancel"} {
		t.Run(how, func(t *testing.T) {
			gate, entered := make(chan struct{}), make(chan struct{}, 64)
			l := lane.New(lane.Options{Name: "test", MaxBatch: 2}, func(ctx context.Context, b []int) (results, error) {
				entered <- struct{}{}
				<-gate
				return double(b), ctx.Err()
			})
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- l.Run(ctx) }()
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					if got, err := l.Submit(context.Background(), i); err != nil || got != 2*i {
						t.Errorf("%d: %d %v", i, got, err)
					}
				})
			}
			<-entered
			time.Sleep(20 * time.Millisecond)
			closed := make(chan struct{})
			go func() {
				if how == "close" {
					l.Close()
				} else {
					cancel()
				}
				close(closed)
			}()
			time.Sleep(10 * time.Millisecond)
			close(gate)
			<-closed
			wg.Wait()
			if err := <-done; err != nil {
				t.Error(err)
			}
			if _, err := l.Submit(context.Background(), 1); !errs.Is(err, errs.Busy) {
				t.Errorf("submit after the end: %v", err)
			}
			l.Close()
			if err := l.Run(context.Background()); err == nil {
				t.Error("Run ran twice")
			}
		})
	}
}

func TestLane_CloseWithoutRunAnswersBusy(t *testing.T) {
	l := lane.New(lane.Options{Name: "test"}, func(_ context.Context, b []int) (results, error) { return double(b), nil })
	heard := make(chan error, 1)
	go func() { _, err := l.Submit(context.Background(), 1); heard <- err }()
	time.Sleep(20 * time.Millisecond)
	l.Close()
	if err := <-heard; !errs.Is(err, errs.Busy) {
		t.Errorf("%v", err)
	}
	if err := l.Run(context.Background()); err == nil {
		t.Error("a closed lane ran")
	}
}
