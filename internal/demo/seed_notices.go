package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/id"
	"github.com/hawker-live/hawker/internal/identity"
	"github.com/hawker-live/hawker/internal/live"
)

// announced is a live of the days after the origin.
type announced struct {
	channel, title, clip string
	weekday              time.Weekday
	hour                 int // UTC+8
	shelf                []string
	book, neighbours     int // people of the book, and neighbours, who reserved it; the viewer is the second of the book
}

// announcements: the market's next Friday night is the one everybody talks about, 56 and 72 make its 128.
var announcements = []announced{
	{"market", "周五夜市，六十二个摊位", "lantern-street", time.Friday, 20, []string{"chestnut", "bun", "osmanthus-cake", "basket"}, 56, neighbours},
	{"studio", "第四窑，开门那一刻", "celadon-bowl", time.Thursday, 20, []string{"bowl-celadon", "cup-pair"}, 31, 6},
	{"stars", "Saturn from the roof, if clear", "telescope", time.Saturday, 21, nil, 17, 4},
}

// neighbours are people who only reserve: they keep their own counsel and buy nothing.
const neighbours = 72

var (
	fromWhere = []string{"东巷", "西桥", "南门", "北坡", "河边", "塔下", "井台", "渡口", "码头"}
	whoItIs   = []string{"的风", "小陈", "阿姨", "老李", "豆花", "的灯", "早班", "慢慢"}
)

func neighbour(i int) string { return fromWhere[i/len(whoItIs)] + whoItIs[i%len(whoItIs)] }

func (s *seeding) neighbourStep() step {
	return step{what: "neighbours", units: neighbours, batch: neighbours, unit: func(ctx context.Context, i int) error {
		s.ago(30*day - time.Duration(i)*3*time.Hour)
		u, err := s.past.Identity.CreateUser(ctx, identity.SignUp{Login: fmt.Sprintf("demo-n%02d", i), Name: neighbour(i), Password: id.Secret(passwordBytes), Locale: "zh-CN"})
		if err != nil {
			return fmt.Errorf("neighbour %d: %w", i, err)
		}
		return s.put(ctx, key("neighbour", i), u.ID)
	}}
}

// next is the first such hour that lies at least half a day after the origin.
func (an announced) next(origin time.Time) time.Time {
	local := origin.Add(day / 2).In(time.FixedZone("UTC+8", 8*60*60))
	at := time.Date(local.Year(), local.Month(), local.Day(), an.hour, 0, 0, 0, local.Location())
	for at.Weekday() != an.weekday || at.Before(local) {
		at = at.Add(day)
	}
	return at
}

func (s *seeding) noticeStep() step {
	return step{what: "notices", units: len(announcements), batch: 1, unit: func(ctx context.Context, i int) error {
		an := announcements[i]
		owner := s.ownerOf(an.channel)
		posted := 2*day - time.Duration(i)*5*time.Hour
		s.ago(posted)
		draft := live.NoticeDraft{Title: an.title, Cover: s.known[key("cover", an.clip, owner)], StartsAt: an.next(s.origin).UnixMilli()}
		for _, k := range an.shelf {
			draft.ProductIDs = append(draft.ProductIDs, s.known[key("product", s.productByKey(k))])
		}
		n, err := s.past.Live.PostNotice(ctx, s.actor(owner), s.known[key("channel", an.channel)], draft)
		if err != nil {
			return fmt.Errorf("notice %q: %w", an.title, err)
		}
		total := an.book + an.neighbours
		for k, who := range s.reserving(an, owner) {
			s.ago(posted - (posted-time.Minute)*time.Duration(k+1)/time.Duration(total+1))
			if err := s.past.Live.Reserve(ctx, identity.Actor{UserID: who}, n.ID); err != nil {
				return err
			}
		}
		return s.put(ctx, key("notice", i), n.ID)
	}}
}

// reserving lists who reserves a live, without its host. The viewer reserves the first two.
func (s *seeding) reserving(an announced, host int) []string {
	var out []string
	for i := 0; len(out) < an.book; i++ {
		if i != host && (i != viewerInBook || an.channel != "stars") {
			out = append(out, s.known[key("user", i)])
		}
	}
	for i := range an.neighbours {
		out = append(out, s.known[key("neighbour", i)])
	}
	return out
}

// captionStep writes under each talking video what is said, in both languages.
func (s *seeding) captionStep() step {
	return step{what: "captions", units: len(s.book.Posts), batch: 10, unit: func(ctx context.Context, i int) error {
		p := s.book.Posts[i]
		if p.Clip == "" || strings.HasPrefix(p.Clip, "long-") {
			return nil
		}
		s.ago(newestPost / 2)
		host, post := s.actor(s.ownerOf(p.Channel)), s.known[key("post", i)]
		length := time.Duration(s.clip(p.Clip).DurationMS) * time.Millisecond
		for lang, text := range map[string]string{"zh-CN": p.TextZH, "en": p.TextEN} {
			if err := s.past.Channel.SetCaptions(ctx, host, post, lang, subtitles(text, length)); err != nil {
				return fmt.Errorf("captions of post %d: %w", i, err)
			}
		}
		return nil
	}}
}

// subtitles spreads the sentences of a text over a video by their length.
func subtitles(text string, length time.Duration) string {
	parts := sentences(text)
	runes := 0
	for _, part := range parts {
		runes += len([]rune(part))
	}
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	at := 300 * time.Millisecond
	speaking := length - 600*time.Millisecond
	for _, part := range parts {
		until := at + speaking*time.Duration(len([]rune(part)))/time.Duration(max(runes, 1))
		fmt.Fprintf(&b, "\n%s --> %s\n%s\n", stamp(at), stamp(until), part)
		at = until
	}
	return b.String()
}

func stamp(d time.Duration) string {
	return fmt.Sprintf("00:%02d:%02d.%03d", int(d.Minutes()), int(d.Seconds())%60, d.Milliseconds()%1000)
}

// sentences cuts a text after its full stops.
func sentences(text string) []string {
	var out []string
	rest := text
	for rest != "" {
		cut := len(rest)
		for _, stop := range []string{"。", ". ", "？", "? "} {
			if i := strings.Index(rest, stop); i >= 0 && i+len(stop) < cut {
				cut = i + len(stop)
			}
		}
		if part := strings.TrimSpace(rest[:cut]); part != "" {
			out = append(out, part)
		}
		rest = rest[cut:]
	}
	return out
}
