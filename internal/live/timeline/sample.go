package timeline

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"unicode"
)

// Weights of the reservoir: a question deserves an answer more than the hundredth cheer.
const (
	askWeight  = 3
	talkWeight = 1
)

// Sample chooses at most limit of the comments of one tick. The host and moderators are always heard, even
// beyond limit; of everyone else at most one line per user; lines that say the same are folded into the
// first with a count; the rest draw by weight with key hash(room, tick, comment)^(1/w), so that any node
// gives the same answer and partial samples can be merged. Order of arrival is kept.
func Sample(room string, tick int64, talk []Comment, limit int) []Comment {
	if len(talk) == 0 {
		return nil
	}
	type candidate struct {
		place int
		key   float64
	}
	always := 0
	first := map[string]int{}  // folded text -> place in talk
	spoke := map[string]bool{} // one line a user
	count := make([]int, len(talk))
	var draw []candidate
	keep := make([]bool, len(talk))
	for i, c := range talk {
		if c.Badge != "" {
			keep[i] = true
			always++
			continue
		}
		if spoke[c.User] {
			continue
		}
		spoke[c.User] = true
		f := foldText(c.Text)
		if at, same := first[f]; same {
			count[at]++
			continue
		}
		first[f] = i
		count[i] = 1
		draw = append(draw, candidate{place: i})
	}
	for j := range draw {
		c := talk[draw[j].place]
		w := float64(talkWeight)
		if c.Ask {
			w = askWeight
		}
		w *= math.Sqrt(float64(count[draw[j].place]))
		draw[j].key = math.Pow(unit(room, tick, c.ID), 1/w)
	}
	slices.SortFunc(draw, func(a, b candidate) int {
		switch {
		case a.key > b.key:
			return -1
		case a.key < b.key:
			return 1
		}
		return a.place - b.place
	})
	for _, d := range draw[:min(len(draw), max(limit-always, 0))] {
		keep[d.place] = true
	}
	out := make([]Comment, 0, limit)
	for i, k := range keep {
		if k {
			c := talk[i]
			if count[i] > 1 {
				c.Same = count[i]
			}
			out = append(out, c)
		}
	}
	return out
}

// unit maps (room, tick, comment) evenly into (0, 1].
func unit(room string, tick int64, comment string) float64 {
	h := fnv.New64a()
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(tick))
	_, _ = h.Write([]byte(room)) // a hash never fails
	_, _ = h.Write(n[:])
	_, _ = h.Write([]byte(comment))
	// FNV's high bits mix poorly for short input; one round of splitmix64 spreads them.
	x := h.Sum64()
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	x ^= x >> 31
	return (float64(x>>11) + 1) / (1 << 53)
}

// foldText makes near-duplicates equal: case, spaces and punctuation are dropped, and a run of three or more
// counts as three (666 = 66666; but 1 and 11 stay two different shelf numbers).
func foldText(s string) string {
	const run = 3
	var b strings.Builder
	var last rune
	repeats := 0
	for _, r := range strings.ToLower(s) {
		if unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) && r < 0x1f000 {
			continue
		}
		if r != last {
			last, repeats = r, 0
		}
		if repeats++; repeats <= run {
			b.WriteRune(r)
		}
	}
	if b.Len() == 0 {
		return s
	}
	return b.String()
}

// IsAsk reports whether a line reads as a question, in Chinese or English.
func IsAsk(text string) bool {
	t := strings.TrimSpace(text)
	if strings.HasSuffix(t, "?") || strings.HasSuffix(t, "？") {
		return true
	}
	for _, w := range []string{"吗", "怎么", "多少", "几号", "能不能", "有没有", "什么时候", "哪里"} {
		if strings.Contains(t, w) {
			return true
		}
	}
	return false
}
