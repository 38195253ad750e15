package server

import "context"

// Draining is closed when the process is about to stop: whatever waits without an end then leaves, so that its
// reader finds another node while the short requests finish here. nil never is.
func (r *Router) Draining() <-chan struct{} { return r.deps.Draining }

func (r *Router) draining() bool {
	select {
	case <-r.deps.Draining:
		return true
	default:
		return false
	}
}

// Wait returns when every request has been answered and every socket has been closed, or ctx ends; false then.
// net/http does not wait for sockets. Call it when no new ones come in.
func (r *Router) Wait(ctx context.Context) bool {
	done := make(chan struct{})
	go func() {
		r.visits.Wait()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}
