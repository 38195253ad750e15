package channel_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/hawker-live/hawker/internal/channel"
	"github.com/hawker-live/hawker/internal/channel/channeltest"
	"github.com/hawker-live/hawker/internal/identity"
)

func TestFound_TheFounderOwnsTheChannel(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei := w.User("mei")
		made, err := w.Channel.Found(w.Ctx, mei, channel.Draft{Name: " 阿梅茶铺 ", Handle: "Amei-Tea", Bio: "山里的茶", Avatar: w.Picture(mei)})
		w.OK(err)
		for _, by := range []string{made.ID, "amei-tea"} {
			c, err := w.Channel.Channel(w.Ctx, by)
			w.OK(err)
			if c != made || c.Name != "阿梅茶铺" || c.Kind != channel.Personal || c.OwnerID != mei.UserID {
				t.Errorf("channel by %s is %+v", by, c)
			}
		}
		mine, roles, err := w.Channel.Mine(w.Ctx, mei)
		w.OK(err)
		if len(mine) != 1 || roles[made.ID] != identity.Owner {
			t.Errorf("mine is %v with roles %v", mine, roles)
		}
	})
}

func TestFound_Refusals(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		w.Found(bo, "taken")
		foreign := w.Picture(bo)
		for code, in := range map[string]channel.Draft{
			"handle_invalid":  {Name: "x", Handle: "a b"},
			"handle_taken":    {Name: "x", Handle: "TAKEN"},
			"name_invalid":    {Name: text(channel.MaxName + 1), Handle: "long-name"},
			"bio_long":        {Name: "x", Handle: "long-bio", Bio: text(channel.MaxBio + 1)},
			"asset_not_found": {Name: "x", Handle: "stolen", Avatar: foreign},
			"asset_kind":      {Name: "x", Handle: "film", Avatar: w.Video(mei, 1000)},
		} {
			_, err := w.Channel.Found(w.Ctx, mei, in)
			w.Refused(err, code)
		}
		_, err := w.Channel.Found(w.Ctx, identity.Actor{}, channel.Draft{Name: "x", Handle: "nobody"})
		w.Refused(err, "sign_in_required")
		if mine, _, _ := w.Channel.Mine(w.Ctx, mei); len(mine) != 0 {
			t.Errorf("refused channels exist: %v", mine)
		}
		_, err = w.Channel.Channel(w.Ctx, "nobody")
		w.Refused(err, "channel_not_found")
	})
}

func TestFound_AHandleIsGivenOnceAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		people := make([]identity.Actor, 6)
		for i := range people {
			people[i] = w.User(fmt.Sprint("user-", i))
		}
		got := channeltest.Outcomes(w.AtOnce(len(people), func(i int) error {
			_, err := w.Channel.Found(w.Ctx, people[i], channel.Draft{Name: "x", Handle: "wanted"})
			return err
		}))
		if got[""] != 1 || got["handle_taken"] != 5 {
			t.Errorf("outcomes %v", got)
		}
	})
}

func TestFound_OnePersonHasTwentyChannels(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei := w.User("mei")
		for i := range 20 {
			w.Found(mei, fmt.Sprint("face-", i))
		}
		_, err := w.Channel.Found(w.Ctx, mei, channel.Draft{Name: "x", Handle: "one-more"})
		w.Refused(err, "channels_full")
	})
}

func TestUpdate_OwnersChangeTheFaceAndOthersDoNot(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		c := w.Found(mei, "tea")
		w.Join(mei, c.ID, "bob", identity.Staff)
		name, cover, empty := "茶", w.Picture(mei), ""
		changed, err := w.Channel.Update(w.Ctx, mei, c.ID, channel.Change{Name: &name, Cover: &cover})
		w.OK(err)
		if stored, _ := w.Channel.Channel(w.Ctx, c.ID); stored != changed || stored.Name != name || stored.Cover != cover || stored.Handle != "tea" {
			t.Errorf("stored %+v, answered %+v", stored, changed)
		}
		changed, err = w.Channel.Update(w.Ctx, mei, c.ID, channel.Change{Cover: &empty})
		w.OK(err)
		if changed.Cover != "" || changed.Name != name {
			t.Errorf("taking the cover away left %+v", changed)
		}
		_, err = w.Channel.Update(w.Ctx, bo, c.ID, channel.Change{Name: &name})
		w.Refused(err, "not_yours")
		_, err = w.Channel.Update(w.Ctx, mei, c.ID, channel.Change{Name: &empty})
		w.Refused(err, "name_invalid")
		stolen := w.Picture(bo)
		_, err = w.Channel.Update(w.Ctx, mei, c.ID, channel.Change{Avatar: &stolen})
		w.Refused(err, "asset_not_found")
	})
}

func TestFollow_TwiceCountsOnceAndBackAgain(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo := w.User("mei"), w.User("bob")
		tea, cake := w.Found(mei, "tea"), w.Found(mei, "cake")
		follow := func(channelID string, on bool, want int64) {
			t.Helper()
			n, err := w.Channel.Follow(w.Ctx, bo, channelID, on)
			w.OK(err)
			if n != want {
				t.Errorf("followers %d, want %d", n, want)
			}
		}
		follow(tea.ID, true, 1)
		follow(tea.ID, true, 1)
		w.Clock.Advance(time.Second)
		follow(cake.ID, true, 1)
		if n := w.Facts("channel.followed"); n != 2 {
			t.Errorf("%d facts of 2 new follows", n)
		}
		list, err := w.Channel.Following(w.Ctx, bo, 10)
		w.OK(err)
		if len(list) != 2 || list[0].ID != cake.ID {
			t.Errorf("following %v, want the newest first", list)
		}
		follow(tea.ID, false, 0)
		follow(tea.ID, false, 0)
		followed, err := w.Channel.Followed(w.Ctx, bo, []string{tea.ID, cake.ID, cake.ID, ""})
		w.OK(err)
		if len(followed) != 1 || !followed[cake.ID] {
			t.Errorf("followed %v", followed)
		}
		_, err = w.Channel.Follow(w.Ctx, identity.Actor{}, tea.ID, true)
		w.Refused(err, "sign_in_required")
		_, err = w.Channel.Follow(w.Ctx, bo, "chn_none", true)
		w.Refused(err, "channel_not_found")
	})
}

func TestFollow_ManyAtOnceAreAllCounted(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		c := w.Found(w.User("mei"), "tea")
		fans := make([]identity.Actor, 8)
		for i := range fans {
			fans[i] = w.User(fmt.Sprint("fan-", i))
		}
		for _, err := range w.AtOnce(4*len(fans), func(i int) error { // each of them twice on, then one in two off
			_, err := w.Channel.Follow(w.Ctx, fans[i%len(fans)], c.ID, true)
			return err
		}) {
			w.OK(err)
		}
		for _, err := range w.AtOnce(len(fans), func(i int) error {
			_, err := w.Channel.Follow(w.Ctx, fans[i/2*2], c.ID, false)
			return err
		}) {
			w.OK(err)
		}
		if c, _ = w.Channel.Channel(w.Ctx, c.ID); c.Followers != int64(len(fans)/2) {
			t.Errorf("%d followers of %d", c.Followers, len(fans)/2)
		}
	})
}

func TestSummary_CountsTodayFromTheTeamsMidnight(t *testing.T) {
	each(t, func(t *testing.T, w *channeltest.World) {
		mei, bo, eve := w.User("mei"), w.User("bob"), w.User("eve")
		c := w.Found(mei, "tea")
		w.Join(mei, c.ID, "eve", identity.Moderator)
		follow := func(a identity.Actor) {
			_, err := w.Channel.Follow(w.Ctx, a, c.ID, true)
			w.OK(err)
		}
		follow(bo)
		w.Clock.Advance(12*time.Hour - time.Millisecond) // 2026-03-02T00:00 in UTC+8 is 12 hours after the world begins
		follow(eve)
		if s, err := w.Channel.Summary(w.Ctx, eve, c.ID); err != nil || s.Followers != 2 || s.FollowersToday != 2 {
			t.Errorf("before midnight %+v, %v", s, err)
		}
		w.Clock.Advance(time.Millisecond)
		follow(mei)
		p := w.Post(mei, c.ID, "春茶")
		w.Say(bo, p.ID, "好")
		if _, err := w.Channel.Like(w.Ctx, bo, p.ID, true); err != nil {
			t.Fatal(err)
		}
		s, err := w.Channel.Summary(w.Ctx, mei, c.ID)
		w.OK(err)
		if want := (channel.Summary{Followers: 3, FollowersToday: 1, Likes: 1, Comments: 1, Posts: 1}); s != want {
			t.Errorf("summary %+v, want %+v", s, want)
		}
		_, err = w.Channel.Summary(w.Ctx, bo, c.ID)
		w.Refused(err, "not_yours")
	})
}
