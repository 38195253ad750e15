package demo

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

var someDay = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func cast(t *testing.T) scene {
	t.Helper()
	sc, err := newScene()
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func TestPlan_IsTheSameEachTimeAndLiesInThePast(t *testing.T) {
	sc := cast(t)
	plan := sc.plan(someDay)
	if again := sc.plan(someDay); !reflect.DeepEqual(plan, again) {
		t.Fatal("two plans of one origin differ")
	}
	for i, o := range plan {
		if i > 0 && o.at.Before(plan[i-1].at) {
			t.Errorf("order %d comes before the one before it", i)
		}
		last := o.at
		for _, ev := range o.happenings(someDay) {
			if ev.at.Before(last) || !ev.at.Before(someDay) {
				t.Errorf("order %d: act %d at %s, after %s", i, ev.act, ev.at, last)
			}
			last = ev.at
		}
		if o.at.Before(someDay.Add(-(historyDays + 1) * day)) {
			t.Errorf("order %d is from %s", i, o.at)
		}
	}
}

func TestPlan_KeepsLimitsAndSellsOneStallsGoodsToCustomers(t *testing.T) {
	sc := cast(t)
	bought := map[[2]int]int64{}
	for _, o := range sc.plan(someDay) {
		if len(o.lines) == 0 {
			t.Errorf("order %d is empty", o.n)
		}
		for _, w := range o.lines {
			if sc.stallOf(w.product) != o.stall || w.variant >= len(sc.book.Products[w.product].Variants) {
				t.Errorf("order %d of stall %d wants %+v", o.n, o.stall, w)
			}
			bought[[2]int{o.buyer, w.product}] += w.quantity
		}
		if _, runs := map[int]bool{sc.host: true, sc.merchant: true, sc.operator: true}[o.buyer]; runs {
			t.Errorf("order %d is by somebody who runs the place", o.n)
		}
	}
	for k, n := range bought {
		if limit := limits[sc.book.Products[k[1]].Key]; limit > 0 && n > limit {
			t.Errorf("%s bought %d of %s, limit %d", sc.people[k[0]].name, n, sc.book.Products[k[1]].Key, limit)
		}
	}
}

func TestScene_NamesOnlyWhatTheBookHas(t *testing.T) {
	sc := cast(t)
	channels := map[string]bool{}
	for _, c := range sc.book.Channels {
		channels[c.Key] = true
		if _, known := owners[c.Key]; !known && sc.ownerOf(c.Key) < len(sc.book.Users) {
			t.Errorf("nobody runs %s", c.Key)
		}
	}
	onStage := append([]stage(nil), stages...)
	for _, sh := range shows {
		onStage = append(onStage, sh.stage)
	}
	for _, st := range onStage {
		if !channels[st.channel] || sc.clip(st.clip).Key == "" || sc.clip(st.clip).DurationMS < 20_000 {
			t.Errorf("stage %s shows %s", st.channel, st.clip)
		}
		for _, k := range st.shelf {
			if sc.productByKey(k) < 0 {
				t.Errorf("stage %s sells %s", st.channel, k)
			}
		}
	}
	for k := range limits {
		if sc.productByKey(k) < 0 {
			t.Errorf("a limit on %s", k)
		}
	}
	for i, p := range sc.book.Products {
		if sc.stallOf(i) < 0 {
			t.Errorf("no stall sells %s", p.Key)
		}
	}
	if sc.people[viewerInBook].name != "小满" || sc.people[viewerInBook].role != RoleViewer {
		t.Errorf("the viewer is %+v", sc.people[viewerInBook])
	}
}

// The numbers of lines.go mean what they meant when they were chosen.
func TestLines_StandWhereTheyFit(t *testing.T) {
	sc := cast(t)
	for n, part := range map[int]string{1: "洗碗机", 20: "橙子", 25: "弹得", 28: "七号", 31: "灯别关", 36: "土星", 44: "包子", 57: "慢慢炒", 59: "价格"} {
		if !strings.Contains(sc.book.Comments.ZH[n], part) {
			t.Errorf("line %d is now %q", n, sc.book.Comments.ZH[n])
		}
	}
	for _, c := range sc.book.Channels {
		for _, n := range topic(c.Key) {
			text := sc.words(n, "zh-CN") + sc.words(n, "en")
			for _, absent := range []string{"福袋", "候补", "预约", "lucky bag", "waitlist"} {
				if strings.Contains(text, absent) {
					t.Errorf("%s may say %q, which is not there yet", c.Key, text)
				}
			}
		}
	}
}
