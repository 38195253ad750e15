package server

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	// streamBeat keeps proxies from closing a quiet stream; most wait 30 to 60 s.
	streamBeat = 15 * time.Second
	// streamRecheck is how many beats somebody whose right ended may go on listening: a minute.
	streamRecheck = 4
	// maxWaiting bounds what one slow reader may hold in memory.
	maxWaiting = 256
)

// Stream is what one reader of server-sent events (HTML Standard 9.2) hears. It carries hints: a lost one
// costs freshness only, because the reader reads the list behind it anyway.
type Stream struct {
	// Event names every event.
	Event string
	// Waiting is how many events, 1 to 256, wait for a slow reader; what comes beyond them is dropped.
	Waiting int
	// Subscribe begins to listen and gives the way to stop. tell may be called from any goroutine and
	// never blocks; data is one line, as JSON is.
	Subscribe func(tell func(data []byte)) (cancel func(), err error)
	// Allowed is asked again every minute; any error ends the stream. nil for a right that cannot end.
	// It is not asked before the first event: that refusal is the caller's, who can still answer in words.
	Allowed func(ctx context.Context) error
}

// Stream answers with server-sent events: a comment ": ready" from which on nothing is missed, then the
// events, and a comment ": beat" after every 15 s. It returns when the request ends, the reader is gone or
// its right ended. A failed Subscribe is answered as a problem.
func (r *Router) Stream(w http.ResponseWriter, req *http.Request, s Stream) {
	if s.Event == "" || s.Waiting < 1 || s.Waiting > maxWaiting {
		panic("server: a stream names its event and lets 1 to 256 of them wait")
	}
	events := make(chan []byte, s.Waiting)
	cancel, err := s.Subscribe(func(data []byte) {
		select {
		case events <- data:
		default:
		}
	})
	if err != nil {
		r.WriteError(w, req, fmt.Errorf("subscribe to %s events: %w", s.Event, err))
		return
	}
	defer cancel()
	head := w.Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no") // nginx would keep events back
	out := http.NewResponseController(w)
	send := func(text string) bool {
		if _, err := w.Write([]byte(text)); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	ctx, beat := req.Context(), r.deps.Clock.Ticker(streamBeat)
	defer beat.Stop()
	beats := 0
	for ok := send(": ready\n\n"); ok; {
		select {
		case <-ctx.Done():
			return
		case <-r.deps.Draining: // the reader comes back by itself, to a node that stays
			return
		case data := <-events:
			ok = send("event: " + s.Event + "\ndata: " + string(data) + "\n\n")
		case <-beat.C():
			beats++
			if beats%streamRecheck == 0 && s.Allowed != nil && s.Allowed(ctx) != nil {
				return
			}
			ok = send(": beat\n\n")
		}
	}
}
