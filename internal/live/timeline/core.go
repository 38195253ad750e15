package timeline

import "maps"

const (
	// MaxShown comments a tick at 250 ms: 32 a second, already faster than anyone reads, and within
	// 16 kbit/s a viewer after compression.
	MaxShown = 8
	// maxWaiting bounds what a tick's sampling looks at; beyond it newcomers only count.
	maxWaiting = 4096
	// maxBought lines of the ticker a tick; a client shows one every 2.4 s anyway.
	maxBought = 3
	// keptComments are in a keyframe.
	keptComments = 30
	jitterShare  = 3 // jitter is a third of the period
)

// Core is the state machine of one room. Not safe for concurrent use: one sequencer owns it.
type Core struct {
	key Keyframe // state after the last sealed tick, plus events already applied

	events   []Event
	talk     []Comment
	said     int
	newLikes int64
	bought   []Bought
}

// Open starts an epoch from the state that outlived the one before.
func Open(room string, epoch, now, periodMS int64, state State) *Core {
	c := &Core{key: Keyframe{V: 1, Key: true, Room: room, Epoch: epoch, At: now, Period: periodMS, State: state,
		Shelf: []Item{}, Comments: []Comment{}, Versions: map[string]int64{}}}
	c.pace(now)
	return c
}

// Restore sets state known from before this epoch, without making events of it.
func (c *Core) Restore(likes int64, shelf []Item, explain *string, explainAt int64, pin *Comment, comments []Comment) {
	c.key.Likes, c.key.Explain, c.key.ExplainAt, c.key.Pin = likes, explain, explainAt, pin
	if shelf != nil {
		c.key.Shelf = shelf
	}
	if len(comments) > keptComments {
		comments = comments[len(comments)-keptComments:]
	}
	c.key.Comments = append([]Comment{}, comments...)
}

// Say queues a must-arrive event and gives it the next version of its kind.
func (c *Core) Say(e Event) {
	c.key.Versions[e.T]++
	e.V = c.key.Versions[e.T]
	c.key.apply(e)
	c.events = append(c.events, e)
}

// Urgent reports whether something waits that should not wait for the period's end.
func (c *Core) Urgent() bool { return len(c.events) > 0 }

// Comment queues a line of talk for the next tick's sampling.
func (c *Core) Comment(cm Comment) {
	c.said++
	if len(c.talk) < maxWaiting || cm.Badge != "" {
		c.talk = append(c.talk, cm)
	}
}

// Like adds to the sum.
func (c *Core) Like(n int64) { c.newLikes += n }

// Buy queues a line of the purchase ticker; the newest win.
func (c *Core) Buy(b Bought) {
	c.bought = append(c.bought, b)
	if len(c.bought) > maxBought {
		c.bought = c.bought[1:]
	}
}

// SetPeriod changes the tick period from the next tick on.
func (c *Core) SetPeriod(ms int64) { c.key.Period = ms }

// State is the room's state.
func (c *Core) State() State { return c.key.State }

// Shelf is the current shelf; the caller must not change it.
func (c *Core) Shelf() []Item { return c.key.Shelf }

// Likes is the sum so far, with those of the open tick.
func (c *Core) Likes() int64 { return c.key.Likes + c.newLikes }

// Seal closes the open tick at now.
func (c *Core) Seal(now, online int64) Tick {
	t := Tick{
		V: 1, Room: c.key.Room, Epoch: c.key.Epoch, N: c.key.N + 1, At: now, Period: c.key.Period, Jitter: c.key.Period / jitterShare,
		Online: online, Likes: c.key.Likes + c.newLikes, NewLikes: c.newLikes, Said: c.said, Events: c.events, Bought: c.bought,
	}
	t.Next = now + t.Period
	t.Comments = Sample(c.key.Room, t.N, c.talk, MaxShown)
	c.events, c.talk, c.said, c.newLikes, c.bought = nil, nil, 0, 0, nil
	c.key.advance(t) // its events were applied when they were said; again would be in another order
	return t
}

// Keyframe is a copy of the state after the last sealed tick.
func (c *Core) Keyframe() Keyframe {
	k := c.key
	k.Shelf = append([]Item{}, k.Shelf...)
	k.Comments = append([]Comment{}, k.Comments...)
	k.Versions = maps.Clone(k.Versions)
	return k
}

func (c *Core) pace(now int64) {
	c.key.Next, c.key.Jitter = now+c.key.Period, c.key.Period/jitterShare
}

// Knows reports whether the tick is in the keyframe's state already: it is of an older epoch, or has an
// older number. A node that lost its room may go on sealing for a while; nothing it says counts any more.
func (k *Keyframe) Knows(t Tick) bool {
	return t.Epoch < k.Epoch || t.Epoch == k.Epoch && t.N <= k.N
}

// Fold brings the keyframe one tick forward. A tick it knows changes nothing, nor does an event that is not
// newer than the version known of its kind. The caller folds ticks of one epoch: versions count anew in each.
func (k *Keyframe) Fold(t Tick) {
	if k.Knows(t) {
		return
	}
	for _, e := range t.Events {
		if e.V > k.Versions[e.T] {
			k.Versions[e.T] = e.V
			k.apply(e)
		}
	}
	k.advance(t)
}

// advance takes over what a tick says beside its events.
func (k *Keyframe) advance(t Tick) {
	k.Epoch, k.N, k.At, k.Period, k.Next, k.Jitter, k.Online, k.Likes = t.Epoch, t.N, t.At, t.Period, t.Next, t.Jitter, t.Online, t.Likes
	k.Comments = append(k.Comments, t.Comments...)
	if extra := len(k.Comments) - keptComments; extra > 0 {
		k.Comments = append([]Comment{}, k.Comments[extra:]...)
	}
	for _, e := range t.Events {
		if e.T == KindRemove {
			k.apply(e) // a comment of this very tick may be meant
		}
	}
}

func (k *Keyframe) apply(e Event) {
	switch e.T {
	case KindExplain:
		k.Explain, k.ExplainAt = e.ProductID, e.At
	case KindShelf:
		k.Shelf = append([]Item{}, e.Items...)
	case KindProduct:
		for i := range k.Shelf {
			if e.ProductID != nil && k.Shelf[i].ProductID == *e.ProductID {
				shelf := append([]Item{}, k.Shelf...)
				shelf[i].Price, shelf[i].ListPrice, shelf[i].Left, shelf[i].Sold, shelf[i].State = e.Price, e.ListPrice, *e.Left, *e.Sold, e.State
				k.Shelf = shelf
				return
			}
		}
	case KindPin:
		k.Pin = e.Comment
	case KindRemove:
		kept := make([]Comment, 0, len(k.Comments))
		for _, c := range k.Comments {
			if c.ID != e.CommentID {
				kept = append(kept, c)
			}
		}
		k.Comments = kept
		if k.Pin != nil && k.Pin.ID == e.CommentID {
			k.Pin = nil
		}
	case KindRoom:
		k.State = State(e.State)
	}
}
