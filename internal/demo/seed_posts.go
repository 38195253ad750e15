package demo

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/demo/assets"
)

const (
	oldestPost = 30 * day
	newestPost = 2 * time.Hour
)

// posting says which post of the book went out how long before the origin.
type posting struct {
	post int
	ago  time.Duration
}

// postings mixes the book's posts over the past month, oldest first.
func (sc *scene) postings() []posting {
	d := dice("postings", 0)
	order := sc.apart(d.Perm(len(sc.book.Posts)))
	out := make([]posting, len(order))
	spread := float64(oldestPost - newestPost)
	for i, post := range order {
		// Denser towards now: a feed that opens with last month is a dead one.
		x := 1 - float64(i)/float64(len(order)-1)
		out[i] = posting{post, newestPost + time.Duration(spread*math.Pow(x, 1.6))}
	}
	return out
}

// apart moves posts that show the same scene, or come from the same channel, away from each other.
func (sc *scene) apart(order []int) []int {
	alike := func(a, b int) bool {
		p, q := sc.book.Posts[a], sc.book.Posts[b]
		return p.Channel == q.Channel || p.Clip != "" && q.Clip != "" && sc.clip(p.Clip).Scene == sc.clip(q.Clip).Scene
	}
	for i := 1; i < len(order); i++ {
		for j := i; j < len(order); j++ {
			if !alike(order[i-1], order[j]) {
				order[i], order[j] = order[j], order[i]
				break
			}
		}
	}
	return order
}

func (s *seeding) postStep() step {
	postings := s.postings()
	return step{what: "posts", units: len(postings), batch: 10, unit: func(ctx context.Context, i int) error {
		n := postings[i].post
		p := s.book.Posts[n]
		owner := s.ownerOf(p.Channel)
		s.ago(postings[i].ago)
		draft, err := s.draft(ctx, p, owner)
		if err != nil {
			return err
		}
		made, err := s.past.Channel.Publish(ctx, s.actor(owner), s.known[key("channel", p.Channel)], draft)
		if err != nil {
			return fmt.Errorf("post %d of %s: %w", n, p.Channel, err)
		}
		if s.opens(n) {
			s.cal.pass(time.Minute)
			if _, err := s.past.Channel.Pin(ctx, s.actor(owner), made.ID, true); err != nil {
				return err
			}
		}
		return s.put(ctx, key("post", n), made.ID)
	}}
}

func (s *seeding) draft(ctx context.Context, p assets.Post, owner int) (channel.PostDraft, error) {
	out := channel.PostDraft{Kind: channel.VideoPost, Text: either(s.english(p.Channel), p.TextZH, p.TextEN), Tags: p.Tags}
	if p.Product != nil {
		out.ProductID = s.known[key("product", *p.Product)]
	}
	if p.Clip != "" {
		out.Assets, out.Cover = []string{s.known[key("clip", p.Clip, owner)]}, s.known[key("cover", p.Clip, owner)]
		return out, nil
	}
	out.Kind = channel.PicturesPost
	for _, file := range p.Pictures {
		picture, err := s.image(ctx, s.actor(owner).UserID, file)
		if err != nil {
			return out, err
		}
		out.Assets = append(out.Assets, picture)
	}
	return out, nil
}

// opens reports whether a post is one of the first two of its channel in the book: those are pinned.
func (sc *scene) opens(n int) bool {
	before := 0
	for _, p := range sc.book.Posts[:n] {
		if p.Channel == sc.book.Posts[n].Channel {
			before++
		}
	}
	return before < channel.MaxPinned
}

// viewersOwn are the channels the viewer follows, so that the Following tab has something to show.
var viewersOwn = []string{"market", "studio", "reader", "stars", "concert"}

func (s *seeding) followStep() step {
	return step{what: "follows", units: len(s.people), batch: len(s.people), unit: func(ctx context.Context, i int) error {
		d := dice("follows", i)
		for n, c := range s.book.Channels {
			// Earlier channels of the book are better known.
			wanted := d.Float64() < 0.75-0.045*float64(n)
			when := time.Duration(d.Int64N(int64(58 * day)))
			if i == viewerInBook {
				wanted = slices.Contains(viewersOwn, c.Key)
			}
			if !wanted || s.ownerOf(c.Key) == i {
				continue
			}
			s.ago(when + time.Hour)
			if _, err := s.past.Channel.Follow(ctx, s.actor(i), s.known[key("channel", c.Key)], true); err != nil {
				return err
			}
		}
		return nil
	}}
}

// talkStep: what people did with each post: likes, saves, shares, comments and likes of comments.
func (s *seeding) talkStep() step {
	postings := s.postings()
	return step{what: "reactions", units: len(postings), batch: 5, unit: func(ctx context.Context, i int) error {
		n, ago := postings[i].post, postings[i].ago
		d := dice("reactions", n)
		// A few posts are loved, most are liked.
		pull := 0.1 + 0.75*math.Pow(d.Float64(), 1.7)
		var said []string
		for _, who := range d.Perm(len(s.people)) {
			if d.Float64() >= pull {
				continue
			}
			when := after(ago, d.ExpFloat64())
			s.ago(when)
			if _, err := s.past.Channel.Like(ctx, s.actor(who), s.known[key("post", n)], true); err != nil {
				return err
			}
			more, err := s.react(ctx, n, who, when, d.Float64(), said)
			if err != nil {
				return err
			}
			said = append(said, more...)
		}
		return nil
	}}
}

// after draws a moment following a post: half of what happens does so within a sixth of its age.
func after(ago time.Duration, x float64) time.Duration {
	return max(ago-time.Duration(float64(ago)*x/4)-time.Minute, time.Minute)
}

// react is what somebody who likes a post does besides; mood is 0 for everything.
func (s *seeding) react(ctx context.Context, n, who int, when time.Duration, mood float64, said []string) ([]string, error) {
	a, post := s.actor(who), s.known[key("post", n)]
	s.ago(max(when-40*time.Second, time.Second))
	if mood < 0.3 {
		if _, err := s.past.Channel.Save(ctx, a, post, true); err != nil {
			return nil, err
		}
	}
	if mood < 0.12 {
		if _, err := s.past.Channel.Share(ctx, a, post); err != nil {
			return nil, err
		}
	}
	if len(said) > 0 && mood > 0.6 {
		if _, err := s.past.Channel.LikeComment(ctx, a, said[int(mood*1000)%len(said)], true); err != nil {
			return nil, err
		}
	}
	if mood > 0.28 {
		return nil, nil
	}
	text := s.line(s.book.Posts[n].Channel, localeOf(a.Name), dice("comment", n*1000+who))
	c, err := s.past.Channel.Say(ctx, a, post, text, "")
	if err != nil {
		return nil, err
	}
	return []string{c.ID}, nil
}
