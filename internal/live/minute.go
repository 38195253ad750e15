package live

import (
	"context"

	"github.com/hawker-live/hawker/internal/errs"
	"github.com/hawker-live/hawker/internal/infra/db"
)

// Source is where a viewer came into the room from.
type Source string

// The sources viewers name themselves; a viewer who names none came directly.
const (
	FromFeed    Source = "feed"
	FromSquare  Source = "square"
	FromChannel Source = "channel"
	FromShare   Source = "share"
	FromDirect  Source = "direct"
	// FromConsole is the team at its desk: it reads along and is no audience, so it is not counted.
	FromConsole Source = "console"
)

// SourceOf reads what a client names; anything unknown is direct, so that a stranger cannot make up rows.
func SourceOf(name string) Source {
	switch v := Source(name); v {
	case FromFeed, FromSquare, FromChannel, FromShare, FromConsole:
		return v
	}
	return FromDirect
}

const (
	minuteMS = 60_000
	// watchGapMS: a process that stood still for longer than this did not show a picture meanwhile.
	watchGapMS = 2_000
	// A shelf holds a hundred products and a person looks at a few: this is far above any thumb.
	openBurst     = 12
	openPerSecond = 1
)

// minute is what happened in a room within one minute of the clock.
type minute struct {
	at                                                 int64 // its first millisecond
	peak                                               int64 // most viewers at once
	enters, likes, comments, follows, openers, watchMS int64
}

// tally adds up the minute under way. It is the sequencer's, under its mu. Each sealed tick carries a copy of
// the minute as far as it has come, and the store writes that copy in the transaction that writes the room's
// counters: absolute numbers, so that writing twice changes nothing, and what a crash takes is the same last
// second for both.
type tally struct {
	cur      minute
	sealedAt int64
	// as of the last seal
	entered, likes, comments int64
	follows                  int64 // counted since the start of the room

	opened  map[uint64]struct{} // viewer and product, and viewer alone
	opens   map[string]int64    // viewers by product, whole room
	changed map[string]bool     // products of opens that the store does not know yet
}

func newTally(r Room) tally {
	return tally{entered: r.Entered, likes: r.Likes, comments: r.Comments,
		opened: map[uint64]struct{}{}, opens: map[string]int64{}, changed: map[string]bool{}}
}

// note takes the counters of a tick sealed at now.
func (t *tally) note(now, online int64, st roomStats) {
	if at := now - now%minuteMS; at > t.cur.at {
		t.cur = minute{at: at}
	}
	m := &t.cur
	m.peak = max(m.peak, online)
	m.enters += st.entered - t.entered
	m.likes += st.likes - t.likes
	m.comments += st.comments - t.comments
	if gap := now - t.sealedAt; t.sealedAt > 0 && gap > 0 {
		m.watchMS += online * min(gap, watchGapMS)
	}
	t.sealedAt, t.entered, t.likes, t.comments = now, st.entered, st.likes, st.comments
}

// takeOpens gives the products whose numbers the store does not know yet.
func (t *tally) takeOpens() map[string]int64 {
	if len(t.changed) == 0 {
		return nil
	}
	out := make(map[string]int64, len(t.changed))
	for v := range t.changed {
		out[v] = t.opens[v]
	}
	clear(t.changed)
	return out
}

var (
	errOpenRate  = errs.New(errs.TooMany, "open_rate", "that was a lot at once; try again in a moment")
	errNotInside = errs.New(errs.Conflict, "not_in_room", "only who is watching the room can look into its products")
	errNotHere   = errs.New(errs.NotFound, "product_not_here", "this product is not on the room's shelf")
)

// Opened counts that a viewer in the room looked into a product on its shelf: each viewer once a product.
// What is known of viewers lives in memory; after a restart of the server one may be counted again.
// Errors: room_over, not_in_room, product_not_here, open_rate.
func (s *Service) Opened(roomID, viewer, productID string) error {
	q := s.sequencer(roomID)
	if q == nil {
		return errOver
	}
	if !s.limits.allow("open:"+roomID+viewer, openBurst, openPerSecond) {
		return errOpenRate
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.viewers.inside(viewerHash(viewer)) {
		return errNotInside
	}
	onShelf := false
	for _, it := range q.core.Shelf() {
		onShelf = onShelf || it.ProductID == productID
	}
	if !onShelf {
		return errNotHere
	}
	q.tally.open(viewer, productID)
	return nil
}

func (t *tally) open(viewer, productID string) {
	pair, alone := viewerHash(viewer+" "+productID), viewerHash(viewer)
	if _, twice := t.opened[pair]; twice || len(t.opened) >= maxKnown {
		return
	}
	t.opened[pair] = struct{}{}
	t.opens[productID]++
	t.changed[productID] = true
	if _, known := t.opened[alone]; !known {
		t.opened[alone] = struct{}{}
		t.cur.openers++
	}
}

// countFollows adds the channel's followers that came since the last count to the minute under way. Who
// unfollows is not taken off again: the figure says how many were won.
func (q *sequencer) countFollows(ctx context.Context) {
	now := q.s.now()
	since, err := q.s.followsBetween(ctx, q.room.ChannelID, q.room.StartedAt, now)
	if err != nil {
		q.s.Log.Warn("count follows of a room", "room", q.room.ID, "err", err)
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if more := since - q.tally.follows; more > 0 {
		q.tally.cur.follows += more
		q.tally.follows = since
	}
}

// followsBetween counts the followers a channel won from one moment to another, both included, who are still there.
func (s *Service) followsBetween(ctx context.Context, channelID string, from, to int64) (int64, error) {
	n, err := s.Follows.FollowsSince(ctx, channelID, from)
	if err != nil || n == 0 {
		return 0, err
	}
	later, err := s.Follows.FollowsSince(ctx, channelID, to+1)
	return n - later, err
}

// loadTally goes on where the store stands: a restart within a minute adds to that minute's row.
func (s *Service) loadTally(ctx context.Context, r Room, q *sequencer) error {
	q.tally = newTally(r)
	m, found, err := db.Get(ctx, s.DB, scanMinute, `SELECT `+minuteColumns+` FROM live_minutes WHERE room_id = $1 ORDER BY at DESC LIMIT 1`, r.ID)
	if err != nil {
		return err
	}
	if found {
		q.tally.cur = m
	}
	q.tally.follows, _, err = db.Get(ctx, s.DB, scanNumber, `SELECT CAST(coalesce(sum(follows), 0) AS BIGINT) FROM live_minutes WHERE room_id = $1`, r.ID)
	if err != nil {
		return err
	}
	if q.tally.opens, err = s.counts(ctx, `SELECT product_id, viewers FROM live_opens WHERE room_id = $1`, r.ID); err != nil {
		return err
	}
	from, err := s.counts(ctx, `SELECT source, viewers FROM live_sources WHERE room_id = $1`, r.ID)
	for v, n := range from {
		q.viewers.sources[Source(v)] = n
	}
	return err
}
