package money

import (
	"context"
	"time"

	"github.com/hawker-live/hawker/internal/infra/db"
)

// MaxWait bounds a long poll; proxies commonly cut idle requests after 30 s.
const MaxWait = 10 * time.Second

// recheck finds news that another node applied.
const recheck = 500 * time.Millisecond

// maxWaiters bounds the callers waiting for one payment on this node; more are answered at once.
const maxWaiters = 16

// WaitPayment answers when the payment of owner is no longer pending, or after wait (at most
// MaxWait) with the state it has then.
func (s *Service) WaitPayment(ctx context.Context, owner, id string, wait time.Duration) (Payment, error) {
	wake, leave := s.await(id)
	defer leave()
	timeout := s.clock.After(min(wait, MaxWait))
	again := s.clock.Ticker(recheck)
	defer again.Stop()
	for {
		p, err := s.PaymentOf(ctx, owner, id)
		if err != nil || p.State != Pending || wait <= 0 || wake == nil {
			return p, err
		}
		select {
		case <-wake:
		case <-again.C():
		case <-timeout:
			return s.PaymentOf(ctx, owner, id)
		case <-ctx.Done():
			return p, nil
		}
	}
}

// await registers a caller; the channel is nil when too many wait already.
func (s *Service) await(id string) (<-chan struct{}, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting[id]) >= maxWaiters {
		return nil, func() {}
	}
	ch := make(chan struct{}, 1)
	s.waiting[id] = append(s.waiting[id], ch)
	return ch, func() { s.leave(id, ch) }
}

func (s *Service) leave(id string, ch chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := s.waiting[id][:0]
	for _, c := range s.waiting[id] {
		if c != ch {
			rest = append(rest, c)
		}
	}
	if len(rest) == 0 {
		delete(s.waiting, id)
		return
	}
	s.waiting[id] = rest
}

func (s *Service) wakeAfterCommit(ctx context.Context, id string) {
	db.AfterCommit(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, ch := range s.waiting[id] {
			select {
			case ch <- struct{}{}:
			default:
			}
		}
	})
}
