package sim

import (
	"slices"

	"github.com/hawker-live/hawker/internal/live/timeline"
	"github.com/hawker-live/hawker/internal/shop/order"
)

// act is what the host does: the row first, then the word to the viewers. A node that crashes in between has
// said nothing; the next epoch begins from the row.
func (w *world) act(r *random, row func(), e timeline.Event) {
	if !w.onAir() {
		w.say("off air")
		return
	}
	n := w.owner()
	if n < 0 {
		w.say("no owner")
		return
	}
	row()
	if w.fault(r, w.lost/4) {
		w.say("crashed before it was said")
		w.crash(event{a: n, r: *r})
		return
	}
	w.tellViewers(n, e)
}

func (w *world) tellViewers(n int, e timeline.Event) {
	q := &w.nodes[n].seq
	if q.over {
		return
	}
	q.core.Say(e)
	q.events++
	w.wakeSequencer(n)
}

func (w *world) explain(e event) {
	what := ""
	if e.r.in(70) {
		what = name("p", e.r.n(skuCount))
	}
	ev := timeline.Event{T: timeline.KindExplain, At: w.now}
	if what != "" {
		ev.ProductID = &what
	}
	w.act(&e.r, func() { w.room.explain, w.room.explainAt = what, ev.At }, ev)
}

func (w *world) shelf(e event) {
	items := []int{e.r.n(skuCount)}
	if next := e.r.n(skuCount); next != items[0] {
		items = append(items, next)
	}
	ev := timeline.Event{T: timeline.KindShelf}
	for _, s := range items {
		ev.Items = append(ev.Items, w.item(s))
	}
	w.act(&e.r, func() { w.room.items = append(w.room.items[:0], items...) }, ev)
	if n := w.owner(); n >= 0 && e.r.in(50) { // numbers that change in the same tick
		for _, s := range items {
			w.offers[s].Price++
		}
		w.nodes[n].seq.restock = false
		w.dirtySku(items[0])
	}
}

// comment is one that was said, or a new one.
func (w *world) comment(r *random) timeline.Comment {
	return timeline.Comment{ID: name("c", r.n(40)), User: name("b", r.n(6)), Text: []string{"666", "6666", "多少钱", "hello", "好看"}[r.n(5)]}
}

func (w *world) pin(e event) {
	var c *timeline.Comment
	if e.r.in(70) {
		said := w.comment(&e.r)
		c = &said
	}
	w.act(&e.r, func() { w.room.pin = c }, timeline.Event{T: timeline.KindPin, Comment: c})
}

func (w *world) remove(e event) {
	c := w.comment(&e.r)
	w.act(&e.r, func() {
		if w.room.pin != nil && w.room.pin.ID == c.ID {
			w.room.pin = nil
		}
	}, timeline.Event{T: timeline.KindRemove, CommentID: c.ID})
}

func (w *world) talk(e event) {
	n := w.owner()
	if n < 0 {
		return
	}
	q := &w.nodes[n].seq
	for range 1 + e.r.n(14) {
		c := w.comment(&e.r)
		if e.r.in(5) {
			c.Badge = "host"
			q.badges++
		}
		q.core.Comment(c)
		q.said++
	}
}

func (w *world) like(e event) {
	if n := w.owner(); n >= 0 {
		w.nodes[n].seq.core.Like(1 + e.r.n64(20))
	}
}

// link is the publisher that is lost, or back.
func (w *world) link(e event) {
	to := timeline.Reconnecting
	if w.room.state == to {
		to = timeline.Live
	}
	w.act(&e.r, func() { w.room.state = to }, timeline.Event{T: timeline.KindRoom, State: string(to)})
}

// end: the last tick carries it.
func (w *world) end() {
	if !w.onAir() {
		return
	}
	n := w.owner()
	w.room.state = timeline.Ended
	if n < 0 {
		w.say("nobody to say it")
		return
	}
	w.tellViewers(n, timeline.Event{T: timeline.KindRoom, State: string(timeline.Ended)})
	w.nodes[n].seq.over = true
}

func (w *world) dirty(lines []order.QuoteLine) {
	for _, l := range lines {
		w.dirtySku(skuOf(l.SkuID))
	}
}

// dirtySku hints the room that a product's numbers changed; several hints are read together.
func (w *world) dirtySku(s int) {
	n := w.owner()
	if n < 0 || w.nodes[n].seq.restock || !slices.Contains(w.room.items, s) {
		return
	}
	w.nodes[n].seq.restock = true
	w.schedule(0, event{kind: evRestock, a: n, b: int(w.room.epoch)})
}

// restock says the numbers that differ from what viewers were told.
func (w *world) restock(e event) {
	q := &w.nodes[e.a].seq
	if !q.on || q.epoch != int64(e.b) {
		return
	}
	q.restock = false
	for _, it := range q.core.Shelf() {
		now := w.item(skuOf(it.ProductID))
		if now.Left != it.Left || now.Sold != it.Sold || now.Price != it.Price {
			id, left, sold := it.ProductID, now.Left, now.Sold
			w.tellViewers(e.a, timeline.Event{T: timeline.KindProduct, ProductID: &id, Price: now.Price, Left: &left, Sold: &sold, State: now.State})
		}
	}
}
