package timeline

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func ptr[T any](v T) *T { return &v }

func TestCore_TicksAreDenseAndTellWhenTheNextIsDue(t *testing.T) {
	c := Open("rm", 3, 1000, 250, Live)
	for i := int64(1); i <= 5; i++ {
		tick := c.Seal(1000+250*i, 7)
		if tick.N != i || tick.Epoch != 3 || tick.Next != tick.At+250 || tick.Online != 7 {
			t.Fatalf("tick %d: %+v", i, tick)
		}
	}
}

func TestTick_WaitsAPeriodAtMostAndForWhatIsUrgentTheGapWhateverTheClockSays(t *testing.T) {
	tick := Open("rm", 1, 0, 250, Live).Seal(10_000, 1)
	for _, c := range []struct {
		now    int64
		urgent bool
		want   int64
	}{
		{10_000, false, 250}, {10_100, false, 150}, {10_250, false, 0}, {10_000, true, 50}, {10_030, true, 20}, {10_060, true, -10},
		{9_000, false, 250}, {9_000, true, 50}, {-600_000, true, 50}, // set back
		{610_000, false, -599_750}, // set forward
	} {
		if got := tick.Wait(c.now, c.urgent); got != c.want {
			t.Errorf("at %d, urgent %v: waits %d, want %d", c.now, c.urgent, got, c.want)
		}
	}
}

func TestCore_MustArriveEventsAreNeverSampled(t *testing.T) {
	c := Open("rm", 1, 0, 250, Live)
	for i := range 5000 {
		c.Comment(Comment{ID: fmt.Sprint(i), User: fmt.Sprint(i), Text: fmt.Sprint("t", i*7919)})
		c.Say(Event{T: KindExplain, ProductID: ptr(fmt.Sprint(i))})
	}
	tick := c.Seal(250, 1)
	if len(tick.Events) != 5000 || len(tick.Comments) != MaxShown || tick.Said != 5000 {
		t.Fatalf("events %d, shown %d of %d", len(tick.Events), len(tick.Comments), tick.Said)
	}
}

func TestSample_HostModeratorAndOneLineAUser(t *testing.T) {
	var talk []Comment
	for i := range 100 {
		talk = append(talk, Comment{ID: fmt.Sprint("a", i), User: "loud", Text: fmt.Sprint("line ", i)})
	}
	talk = append(talk, Comment{ID: "h", User: "host", Text: "hello", Badge: "host"}, Comment{ID: "m", User: "mod", Text: "3", Badge: "moderator"})
	got := Sample("rm", 9, talk, 8)
	if len(got) != 3 || got[1].ID != "h" || got[2].ID != "m" {
		t.Fatalf("got %+v", got)
	}
	full := Sample("rm", 9, append(talk, talk[100], talk[100]), 1)
	if len(full) != 4 {
		t.Fatalf("badges are always heard: %d", len(full))
	}
}

func TestSample_FoldsNearDuplicatesWithACount(t *testing.T) {
	var talk []Comment
	for i := range 812 {
		talk = append(talk, Comment{ID: fmt.Sprint(i), User: fmt.Sprint(i), Text: strings.Repeat("6", 3+i%5)})
	}
	talk = append(talk, Comment{ID: "q", User: "q", Text: "能进微波炉吗？", Ask: true})
	got := Sample("rm", 1, talk, 8)
	if len(got) != 2 || got[0].Same != 812 || got[1].ID != "q" {
		t.Fatalf("got %+v", got)
	}
}

func TestSample_IsDeterministicAndFair(t *testing.T) {
	talk := make([]Comment, 200)
	for i := range talk {
		talk[i] = Comment{ID: fmt.Sprint("c", i), User: fmt.Sprint("u", i), Text: fmt.Sprint("says ", i)}
	}
	if !reflect.DeepEqual(Sample("rm", 5, talk, 8), Sample("rm", 5, talk, 8)) {
		t.Fatal("same input, other sample")
	}
	heard := map[string]int{}
	const ticks = 5000
	for n := range int64(ticks) {
		for _, c := range Sample("rm", n, talk, 8) {
			heard[c.ID]++
		}
	}
	want := float64(ticks) * 8 / 200
	for _, c := range talk {
		if f := float64(heard[c.ID]); f < want*0.6 || f > want*1.4 {
			t.Errorf("%s was heard %v times, expected about %v", c.ID, f, want)
		}
	}
}

func TestKeyframe_FoldingTicksEqualsTheCoresOwnState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Open("rm", 1, 0, 250, Live)
		join := c.Keyframe()
		now := int64(0)
		for range rapid.IntRange(1, 40).Draw(t, "ticks") {
			for range rapid.IntRange(0, 6).Draw(t, "inputs") {
				act(t, c, now)
			}
			now += rapid.Int64Range(50, 400).Draw(t, "dt")
			tick := c.Seal(now, rapid.Int64Range(0, 9).Draw(t, "online"))
			join.Fold(tick)
			join.Fold(tick) // heard twice
		}
		if a, b := asJSON(c.Keyframe()), asJSON(join); a != b {
			t.Fatalf("core\n%s\nfolded\n%s", a, b)
		}
	})
}

func act(t *rapid.T, c *Core, now int64) {
	id := rapid.SampledFrom([]string{"p1", "p2", "p3"}).Draw(t, "id")
	switch rapid.IntRange(0, 7).Draw(t, "act") {
	case 0:
		c.Say(Event{T: KindExplain, ProductID: &id, At: now})
	case 1:
		c.Say(Event{T: KindExplain})
	case 2:
		c.Say(Event{T: KindShelf, Items: []Item{{ProductID: "p1", Number: 1, Left: 5}, {ProductID: id, Number: 2}}})
	case 3:
		c.Say(Event{T: KindProduct, ProductID: &id, Price: 4900, Left: ptr(rapid.Int64Range(0, 9).Draw(t, "left")), Sold: ptr(int64(1)), State: "on"})
	case 4:
		c.Say(Event{T: KindPin, Comment: &Comment{ID: id, Text: "pinned"}})
	case 5:
		c.Comment(Comment{ID: id, User: id, Text: rapid.StringN(1, 10, 40).Draw(t, "text")})
	case 6:
		c.Like(rapid.Int64Range(1, 50).Draw(t, "likes"))
	case 7:
		c.Say(Event{T: KindRoom, State: string(Reconnecting)})
	}
}

// The numbers said after a new shelf are newer than the shelf's own, for who joins at the keyframe as for who
// followed the ticks.
func TestKeyframe_NumbersSaidAfterAShelfInOneTickStay(t *testing.T) {
	c := Open("rm", 1, 0, 250, Live)
	join := c.Keyframe()
	c.Say(Event{T: KindShelf, Items: []Item{{ProductID: "p1", Left: 5}, {ProductID: "p2", Left: 5}}})
	for _, id := range []string{"p1", "p2"} {
		c.Say(Event{T: KindProduct, ProductID: &id, Left: ptr(int64(1)), Sold: ptr(int64(4))})
	}
	join.Fold(c.Seal(250, 0))
	for name, k := range map[string]Keyframe{"the keyframe": c.Keyframe(), "who followed": join} {
		if k.Shelf[0].Left != 1 || k.Shelf[1].Left != 1 {
			t.Errorf("%s has %+v", name, k.Shelf)
		}
	}
}

func TestKeyframe_FoldRefusesAnOlderEpoch(t *testing.T) {
	old, now := Open("rm", 3, 0, 250, Live), Open("rm", 4, 0, 250, Live)
	now.Seal(250, 0)
	k := now.Keyframe()
	before := asJSON(k)
	old.Say(Event{T: KindExplain, ProductID: ptr("p9")})
	old.Seal(250, 0)
	k.Fold(old.Seal(500, 0))
	if asJSON(k) != before {
		t.Fatal("a node that lost its room changed what viewers see")
	}
}

func TestCore_RemoveReachesTalkPinAndTheSameTick(t *testing.T) {
	c := Open("rm", 1, 0, 250, Live)
	c.Comment(Comment{ID: "bad", User: "u", Text: "x"})
	c.Say(Event{T: KindPin, Comment: &Comment{ID: "bad"}})
	c.Say(Event{T: KindRemove, CommentID: "bad"})
	c.Seal(250, 0)
	if k := c.Keyframe(); len(k.Comments) != 0 || k.Pin != nil {
		t.Fatalf("left: %+v", k)
	}
}

func TestEvent_NullIsWrittenWhereNullIsTheMessage(t *testing.T) {
	for kind, want := range map[string]string{KindExplain: `"productId":null`, KindPin: `"comment":null`, KindShelf: `"items":[]`} {
		if got := asJSON(Event{T: kind}); !strings.Contains(got, want) {
			t.Errorf("%s: %s lacks %s", kind, got, want)
		}
	}
}

func TestIsAsk(t *testing.T) {
	for text, want := range map[string]bool{"能进微波炉吗": true, "Do you ship to Lisbon?": true, "好看": false, "666": false} {
		if IsAsk(text) != want {
			t.Errorf("%q", text)
		}
	}
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func BenchmarkSeal200(b *testing.B) {
	c := Open("rm", 1, 0, 250, Live)
	for b.Loop() {
		for i := range 50 {
			c.Comment(Comment{ID: fmt.Sprint(i), User: fmt.Sprint(i), Text: fmt.Sprint("text ", i)})
		}
		c.Seal(1, 1)
	}
}
