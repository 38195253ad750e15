package shop

import "sync"

// quotesKept is how many quotes a node remembers in each of two generations: about 20 MB when full. In a
// rush nearly every order comes within seconds of its quote, and costs no read of it.
const quotesKept = 1 << 16

// seenQuotes remembers quotes that this node committed. A quote never changes, so what is remembered is
// never wrong; what is forgotten, or was made by another node, is read.
type seenQuotes struct {
	mu       sync.Mutex
	now, old map[string]seenQuote
}

type seenQuote struct {
	buyerID string
	wanted  []Wanted // shared with every order of the quote: never changed
	expires int64
}

func (c *seenQuotes) put(id string, q seenQuote) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now == nil || len(c.now) >= quotesKept {
		c.now, c.old = map[string]seenQuote{}, c.now
	}
	c.now[id] = q
}

func (c *seenQuotes) get(id string) (seenQuote, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q, ok := c.now[id]
	if !ok {
		q, ok = c.old[id]
	}
	return q, ok
}
