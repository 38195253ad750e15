package feed

import (
	"cmp"
	"math"
	"slices"

	"github.com/hawker-live/hawker/internal/channel"
)

// What a post's score is made of. Each part but the bonuses lies between 0 and 1, so that none can drown
// the others.
const (
	halfLifeHours = 24.0 // freshness halves in a day: short videos are news
	// A mark's weight grows with what it costs to give: a tap, a sentence, a decision to come back.
	commentWeight, saveWeight, shareWeight = 2.0, 3.0, 3.0
	// settleHours keeps the first likes of a new post from looking like a storm.
	settleHours = 6.0
	// halfRate weighted marks an hour give half of the popularity there is.
	halfRate      = 5.0
	followedBonus = 0.5
	tagBonus      = 0.4
	// repeatDecay is what each earlier item of a channel on the page takes from its next one.
	repeatDecay = 0.7
)

const msPerHour = 60 * 60 * 1000

// reader is what is known of who asks. The zero reader is a visitor.
type reader struct {
	followed map[string]bool    // channel ids
	seen     map[string]bool    // post ids
	tags     map[string]float64 // liking of a tag, 0 to 1
}

type scored struct {
	post   channel.Post
	value  float64
	reason string
	seen   bool
}

// score adds a post's parts up and names the largest.
func score(p channel.Post, r reader, now int64) scored {
	hours := max(0, float64(now-p.CreatedAt)/msPerHour)
	out := scored{post: p, seen: r.seen[p.ID]}
	largest := 0.0
	part := func(value float64, reason string) {
		out.value += value
		if value > largest {
			largest, out.reason = value, reason
		}
	}
	part(math.Exp2(-hours/halfLifeHours), Fresh)
	rate := (float64(p.Likes) + commentWeight*float64(p.Comments) + saveWeight*float64(p.Saves) + shareWeight*float64(p.Shares)) / (hours + settleHours)
	part(rate/(rate+halfRate), Popular)
	if r.followed[p.ChannelID] {
		part(followedBonus, Followed)
	}
	tag, liking := "", 0.0
	for _, t := range p.Tags {
		if r.tags[t] > liking {
			tag, liking = t, r.tags[t]
		}
	}
	part(tagBonus*liking, TagReason+tag)
	if out.reason == "" { // older than floats can tell, and never marked
		out.reason = Fresh
	}
	return out
}

// likings turns liked posts into how much each of their tags is liked: 1 for the most frequent.
func likings(liked []channel.Post) map[string]float64 {
	out, most := map[string]float64{}, 0.0
	for _, p := range liked {
		for _, t := range p.Tags {
			out[t]++
			most = max(most, out[t])
		}
	}
	for t := range out {
		out[t] /= most
	}
	return out
}

// queue hands ranked posts out one by one.
type queue struct {
	rest  []scored
	shown map[string]int // items per channel on this page
}

func newQueue(posts []channel.Post, r reader, now int64) *queue {
	q := &queue{shown: map[string]int{}}
	for _, p := range posts {
		q.rest = append(q.rest, score(p, r, now))
	}
	slices.SortFunc(q.rest, func(a, b scored) int { return cmp.Compare(b.post.ID, a.post.ID) }) // ties: newest first
	return q
}

// take removes the best post that is not of the channel just shown, or the best of all when only that
// channel is left.
func (q *queue) take(last string) (Item, bool) {
	best, alone := -1, -1
	for i, c := range q.rest {
		if c.post.ChannelID == last {
			if alone < 0 || q.better(i, alone) {
				alone = i
			}
		} else if best < 0 || q.better(i, best) {
			best = i
		}
	}
	if best < 0 {
		best = alone
	}
	if best < 0 {
		return Item{}, false
	}
	c := q.rest[best]
	q.rest = slices.Delete(q.rest, best, best+1)
	q.shown[c.post.ChannelID]++
	return Item{Post: &c.post, Reason: c.reason}, true
}

func (q *queue) better(i, j int) bool {
	a, b := q.rest[i], q.rest[j]
	if a.seen != b.seen {
		return b.seen
	}
	return q.weighed(a) > q.weighed(b)
}

func (q *queue) weighed(c scored) float64 {
	return c.value * math.Pow(repeatDecay, float64(q.shown[c.post.ChannelID]))
}
