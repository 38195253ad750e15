package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hawker-live/hawker/internal/demo/assets"
)

const (
	// heardFor is how long a line is not said again in a room: longer than sixty lines of the liveliest take.
	heardFor = 10 * time.Minute
	// stirFor after a product is shown, people talk and cheer stirTimes as often; then it is calmer than usual.
	stirFor   = 12 * time.Second
	stirTimes = 2
	// draws before somebody has nothing to say: late in a long room most lines were heard not long ago.
	draws = 24
)

// utterance waits to be said.
type utterance struct {
	who  int
	text string
}

// question about what is being explained, and what the host answers; %[1]s is the product, %[2]s its price,
// %[3]s its variants, %[4]s a sentence of its story.
type question struct{ ask, answer [2]string }

var questions = []question{
	{[2]string{"有几种可以选", "What sizes does it come in"}, [2]string{"有%[3]s，点开卡片就能选", "%[3]s. Open the card to choose"}},
	{[2]string{"多少钱一份", "How much is one"}, [2]string{"%[2]s，卡片上写的就是", "%[2]s, as on the card"}},
	{[2]string{"再讲讲这个", "Tell us more about it"}, [2]string{"%[4]s", "%[4]s"}},
	{[2]string{"今天下单什么时候发", "When does it go out"}, [2]string{"今晚的单明天上午发", "Tonight's orders go out tomorrow morning"}},
	{[2]string{"送人合适吗", "Would it do as a present"}, [2]string{"合适，备注写一句，给你装好", "It would. Leave a note and we wrap it"}},
	{[2]string{"坏了怎么办", "What if it arrives broken"}, [2]string{"拍张照给店里，补一份或者退", "Send the shop a picture: another one, or your money"}},
	{[2]string{"和上次那批一样吗", "Same batch as last time"}, [2]string{"一个师傅做的，新的一批", "Same hands, new batch"}},
	{[2]string{"能近一点看吗", "Could you hold it closer"}, [2]string{"来，贴着镜头给你看", "There, right up to the lens"}},
	{[2]string{"几个人够用", "Is one enough for two"}, [2]string{"两个人一份刚好，家里人多拿大的", "One does for two; take the larger for a family"}},
	{[2]string{"还剩得多吗", "Are there many left"}, [2]string{"卡片上的数就是仓里的数", "The number on the card is what is on the shelf"}},
}

// thanks follow a sale: what the buyer says, and the host.
var thanks = []question{
	{[2]string{"刚拍了%[1]s", "Just bought the %[1]s"}, [2]string{"谢谢，明天上午就给你发", "Thank you, it leaves tomorrow morning"}},
	{[2]string{"付好了，等着收", "Paid, now I wait"}, [2]string{"收到，慢慢等，路上稳", "Got it. It travels well"}},
	{[2]string{"给我妈也带一份", "One for my mother too"}, [2]string{"替我问她好", "Say hello to her"}},
}

// restocked is what a host says when more was put on the shelf.
var restocked = [2]string{"%[1]s快没了，后面又补了%[2]d份", "%[1]s was nearly gone; %[2]d more are on the shelf"}

// speak says the next line of the room: what waits, a question with its answer to follow, or small talk.
func (s *script) speak(ctx context.Context) error {
	if len(s.waiting) > 0 {
		u := s.waiting[0]
		s.waiting = s.waiting[1:]
		return s.sayAs(ctx, u)
	}
	who := s.somebody()
	locale := localeOf(s.sc.people[who].name)
	for range draws {
		text, answer := s.invent(locale)
		if text == "" || s.heard(text) {
			continue
		}
		if answer != "" {
			s.waiting = append(s.waiting, utterance{s.sc.ownerOf(s.st.channel), answer})
		}
		return s.sayAs(ctx, utterance{who, text})
	}
	return nil // a quiet moment
}

// invent draws something to say, with the host's answer when it is a question.
func (s *script) invent(locale string) (text, answer string) {
	product := s.productOf(s.mine)
	if product >= 0 && len(s.st.shelf) > 0 && s.d.IntN(5) < 2 {
		q := questions[s.d.IntN(len(questions))]
		return s.fill(inTongue(q.ask, locale), locale, product), s.fill(inTongue(q.answer, locale), locale, product)
	}
	switch {
	case s.st.lines != nil && s.d.IntN(4) > 0:
		return inTongue(s.st.lines[s.d.IntN(len(s.st.lines))], locale), ""
	case s.d.IntN(6) == 0:
		return s.sc.words(onAir[s.d.IntN(len(onAir))], locale), ""
	}
	return s.sc.line(s.st.channel, locale, s.d), ""
}

func (s *script) sayAs(ctx context.Context, u utterance) error {
	now := s.clock.Now()
	for text, at := range s.said {
		if now.Sub(at) > heardFor {
			delete(s.said, text)
		}
	}
	_, err := s.live.Say(ctx, s.sc.actor(u.who), s.room.ID, u.text)
	if err == nil {
		s.said[u.text] = now
	}
	return err
}

func (s *script) heard(text string) bool {
	at, known := s.said[text]
	return known && s.clock.Now().Sub(at) <= heardFor
}

// introduce lets the host say what comes onto the card. What waited was about the product before.
func (s *script) introduce(product int) {
	s.waiting, s.stirUntil = nil, s.clock.Now().Add(s.stir())
	if product < 0 {
		return
	}
	host := s.sc.ownerOf(s.st.channel)
	if text := s.fill("%[4]s", localeOf(s.sc.people[host].name), product); !s.heard(text) {
		s.waiting = append(s.waiting, utterance{host, text})
	}
}

// thank lets a buyer and the host exchange a word about a sale.
func (s *script) thank(buyer, product int) {
	locale := localeOf(s.sc.people[buyer].name)
	q := thanks[s.d.IntN(len(thanks))]
	text := s.fill(inTongue(q.ask, locale), locale, product)
	if s.heard(text) {
		return
	}
	s.waiting = append(s.waiting, utterance{buyer, text}, utterance{s.sc.ownerOf(s.st.channel), inTongue(q.answer, locale)})
}

// fill puts a product of the book into a line.
func (s *script) fill(line, locale string, product int) string {
	if !strings.Contains(line, "%") {
		return line
	}
	p, english := s.sc.book.Products[product], locale == "en"
	story := sentences(either(english, p.StoryZH, p.StoryEN))
	parts := []any{either(english, p.NameZH, p.NameEN), fmt.Sprintf("¥%d.%02d", p.PriceMinor/100, p.PriceMinor%100), variantWords(p, english), story[s.d.IntN(len(story))]}
	var out strings.Builder
	for line != "" {
		i := strings.Index(line, "%[")
		if i < 0 || i+4 >= len(line)+1 {
			out.WriteString(line)
			break
		}
		out.WriteString(line[:i])
		fmt.Fprint(&out, parts[line[i+2]-'1'])
		line = line[i+5:]
	}
	return strings.TrimSuffix(strings.TrimSuffix(out.String(), "。"), ".")
}

func variantWords(p assets.Product, english bool) string {
	var words []string
	for _, v := range p.Variants {
		words = append(words, either(english, v.ZH, v.EN))
	}
	return strings.Join(words, either(english, "、", ", "))
}

// pace is how long to wait for the next of something: less while a product is new, more afterwards.
func (s *script) pace(d time.Duration) time.Duration {
	switch {
	case len(s.st.shelf) == 0:
	case s.clock.Now().Before(s.stirUntil):
		d /= stirTimes
	default:
		d += d / 2
	}
	return s.around(d)
}
