package llhls

import (
	"context"
	"time"
)

// Ask is a GET or HEAD below the session's prefix.
type Ask struct {
	Name  string // index.m3u8, video.m3u8, init-N.mp4, seg-N.m4s or part-N-K.m4s
	Query string // as it came
	Gzip  bool   // the reader takes gzip (AcceptsGzip)
}

// Wait is an ask whose answer the stream has yet to make: a blocking reload, the hinted part, the first playlist.
// It is for one goroutine at a time and holds nothing that must be released.
type Wait struct {
	stream   *Stream
	object   object
	d        directives
	gzip     bool
	patience time.Duration
}

// Answer returns the answer that is due now, or the Wait for it. Nothing of the Ask is kept.
func (s *Stream) Answer(a Ask) (Answer, *Wait) {
	n := s.snap.Load()
	w := Wait{stream: s, object: objectOf(a.Name), gzip: a.Gzip}
	if w.object.kind == mediaList {
		var err error
		if w.d, err = parseDirectives(a.Query); err == nil {
			err = w.d.check(n)
		}
		if err != nil {
			return Answer{badHead, []byte(err.Error() + "\n")}, nil
		}
	}
	if answer, ok := w.at(n); ok {
		return answer, nil
	}
	waiting := w // apart, so that only those who wait cost an allocation
	waiting.patience = n.patience()
	return Answer{}, &waiting
}

// Answer is there when ok, and then final.
func (w *Wait) Answer() (a Answer, ok bool) { return w.at(w.stream.snap.Load()) }

// Patience bounds the wait from its beginning: three target durations.
func (w *Wait) Patience() time.Duration { return w.patience }

// TooLate is the answer to a wait that came to nothing.
func (w *Wait) TooLate() Answer { return tooLate }

// at answers from a snapshot when it has what is asked for.
func (w *Wait) at(n *snapshot) (Answer, bool) {
	switch w.object.kind {
	case multiList:
		if n.ready() {
			return n.list(n.multi, false, w.gzip), true
		}
		return n.unready(), n.ended
	case mediaList:
		if !w.d.satisfied(n) {
			return Answer{}, false
		}
		if !n.ready() {
			return n.unready(), true
		}
		body := n.full
		if w.d.skip {
			body = n.delta
		}
		return n.list(body, w.d.blocking, w.gzip), true
	}
	data, hinted := n.find(w.object)
	if hinted {
		return Answer{}, false
	}
	if data == nil {
		return absent, true
	}
	return Answer{objectHead, data}, true
}

// until waits for the answer, its patience, or the end of the reader's context.
func (w *Wait) until(ctx context.Context) Answer {
	expired := w.stream.clk.After(w.patience)
	for {
		n := w.stream.snap.Load()
		if a, ok := w.at(n); ok {
			return a
		}
		select {
		case <-n.next:
		case <-expired:
			return tooLate
		case <-ctx.Done():
			return tooLate
		}
	}
}

// Watch has told called after every change that readers can see, until stop. told runs under the stream's lock:
// it must return at once and must not call the stream. Register it before the Answer that it is to follow.
func (s *Stream) Watch(told func()) (stop func()) {
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	id := s.watched
	s.watched++
	if s.watchers == nil {
		s.watchers = map[uint64]func(){}
	}
	s.watchers[id] = told
	return func() {
		s.watchMu.Lock()
		defer s.watchMu.Unlock()
		delete(s.watchers, id)
	}
}

func (s *Stream) tell() {
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	for _, told := range s.watchers {
		told()
	}
}
